# Ruby's VCR, with WebMock: ruby vcr.rb CALLS.json FOLDER

require "json"
require "net/http"
require "vcr"

calls, folder = ARGV
VCR.configure do |config|
  config.cassette_library_dir = folder
  config.hook_into :webmock
end
VCR.use_cassette("cassette", record: :all) do
  JSON.parse(File.read(calls)).each do |call|
    uri = URI(call["url"])
    request = Net::HTTP.const_get(call["method"].capitalize).new(uri, call["headers"])
    request.body = call["body"] if call["body"]
    Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }
  end
end
