require_relative "boot"
require "active_record/railtie"

module Museum
  class Application < Rails::Application
    config.root = File.expand_path("..", __dir__)
    config.eager_load = false
    config.logger = ActiveSupport::Logger.new(nil)
    config.secret_key_base = "not a secret: this application serves nothing"
  end
end
