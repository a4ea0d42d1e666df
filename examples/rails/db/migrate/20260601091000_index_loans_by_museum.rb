class IndexLoansByMuseum < ActiveRecord::Migration[6.1]
  disable_ddl_transaction!

  def change
    change_column_null :loans, :back_on, false
    add_index :loans, :museum, algorithm: :concurrently
  end
end
