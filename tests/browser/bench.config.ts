import { defineConfig } from "@playwright/test";
import config from "./playwright.config";

const { globalSetup: _setup, globalTeardown: _teardown, testIgnore: _ignored, ...same } = config;

/** What is measured: one thing at a time, at a server that is there already. */
export default defineConfig({
	...same,
	testMatch: "*.bench.ts",
	fullyParallel: false,
	workers: 1,
	reporter: "line",
	use: { ...config.use, trace: "off", storageState: process.env["STATE"] ?? "" },
});
