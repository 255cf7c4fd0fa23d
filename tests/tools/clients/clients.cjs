// The recorders of `make tools` that are packages of npm: node clients.cjs TOOL CALLS.json FOLDER

"use strict";

const fs = require("fs");
const path = require("path");

async function send(calls) {
  for (const { method, url, headers, body } of calls) {
    const response = await fetch(url, { method, headers, body: body ?? undefined });
    await response.arrayBuffer();
  }
}

async function record_nock(calls, folder) {
  const nock = require("nock");
  nock.recorder.rec({ output_objects: true, dont_print: true, enable_reqheaders_recording: true });
  await send(calls);
  fs.writeFileSync(path.join(folder, "nock.json"), JSON.stringify(nock.recorder.play()));
  nock.recorder.clear();
  nock.restore();
}

async function record_polly(calls, folder) {
  const { Polly } = require("@pollyjs/core");
  Polly.register(require("@pollyjs/adapter-fetch"));
  Polly.register(require("@pollyjs/persister-fs"));
  const polly = new Polly("calls", {
    adapters: ["fetch"],
    persister: "fs",
    persisterOptions: { fs: { recordingsDir: folder } },
    recordIfMissing: true,
    logLevel: "silent",
  });
  await send(calls);
  await polly.stop();
}

// Calls are made by a page, as those of a browser's application are; it is on the same origin, so that none is asked for first.
async function browse(calls, folder, options, begin, end) {
  const { chromium } = require("playwright-core");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"],
  });
  const context = await browser.newContext(options);
  await begin(context);
  const page = await context.newPage();
  await page.goto(new URL("/", calls[0].url).href);
  await page.evaluate(async (calls) => {
    for (const { method, url, headers, body } of calls) {
      await (await fetch(url, { method, headers, body: body ?? undefined })).arrayBuffer();
    }
  }, calls);
  await end(context);
  await context.close();
  await browser.close();
}

const nothing = async () => {};

const playwright_har = (calls, folder) =>
  browse(calls, folder, { recordHar: { path: path.join(folder, "browser.har"), content: "embed" } }, nothing, nothing);

const playwright_attach = (calls, folder) =>
  browse(calls, folder, { recordHar: { path: path.join(folder, "har.zip"), content: "attach" } }, nothing, nothing);

const playwright_trace = (calls, folder) =>
  browse(
    calls,
    folder,
    {},
    (context) => context.tracing.start({ snapshots: true }),
    (context) => context.tracing.stop({ path: path.join(folder, "trace.zip") })
  );

const TOOLS = { nock: record_nock, polly: record_polly, playwright_har, playwright_attach, playwright_trace };

const [tool, file, folder] = process.argv.slice(2);
TOOLS[tool](JSON.parse(fs.readFileSync(file, "utf8")), folder).catch((error) => {
  console.error(error);
  process.exit(1);
});
