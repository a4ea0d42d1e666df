class CreateExhibits < ActiveRecord::Migration[6.1]
  def change
    create_table :exhibits do |t|
      t.string :title, null: false
      t.text :story
      t.timestamps
    end
  end
end
