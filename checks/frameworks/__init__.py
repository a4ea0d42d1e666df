"""One file per migration tool: recognise its folders, read its files into a History."""
