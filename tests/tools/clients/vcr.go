// go-vcr: go run vcr.go CALLS.json FOLDER
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/dnaeon/go-vcr/recorder"
)

type call struct {
	Method, Url string
	Headers     map[string]string
	Body        *string
}

func main() {
	content, err := os.ReadFile(os.Args[1])
	check(err)
	var calls []call
	check(json.Unmarshal(content, &calls))
	vcr, err := recorder.NewAsMode(filepath.Join(os.Args[2], "cassette"), recorder.ModeRecording, nil)
	check(err)
	client := &http.Client{Transport: vcr}
	for _, each := range calls {
		var body io.Reader
		if each.Body != nil {
			body = strings.NewReader(*each.Body)
		}
		request, err := http.NewRequest(each.Method, each.Url, body)
		check(err)
		for name, value := range each.Headers {
			request.Header.Set(name, value)
		}
		response, err := client.Do(request)
		check(err)
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	check(vcr.Stop())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
