class NumberExhibits < ActiveRecord::Migration[6.1]
  def change
    add_column :exhibits, :number, :uuid, null: false, default: -> { "gen_random_uuid()" }
    add_index :exhibits, :number, unique: true
  end
end
