class CreateLoans < ActiveRecord::Migration[6.1]
  def change
    create_table :loans do |t|
      t.references :exhibit, null: false, foreign_key: true
      t.string :museum, null: false
      t.date :back_on
    end
    add_index :loans, :back_on
  end
end
