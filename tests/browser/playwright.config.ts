import { defineConfig } from "@playwright/test";

// Debian's Chromium without a window, which needs half the time of the whole browser; as root it runs only without its own sandbox.
const root = process.getuid?.() === 0;

export default defineConfig({
	testDir: ".",
	// Those that make the pictures of docs/screenshots have a server of another time.
	...(process.env["SCREENSHOTS"] ? { testMatch: "screenshots.spec.ts" } : { testIgnore: "screenshots.spec.ts" }),
	outputDir: "../../build/browser/results",
	globalSetup: "./setup.ts",
	globalTeardown: "./teardown.ts",
	fullyParallel: true,
	workers: 2,
	retries: 0,
	timeout: 60_000,
	expect: { timeout: 15_000 },
	reporter: "./reporter.ts",
	use: {
		baseURL: process.env["HOLDFAST_URL"] ?? "",
		browserName: "chromium",
		viewport: { width: 1280, height: 800 },
		locale: "en-GB",
		timezoneId: "Europe/London",
		trace: "retain-on-failure",
		launchOptions: {
			executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium-headless-shell",
			args: [
				...(root ? ["--no-sandbox"] : []),
				"--disable-gpu",
				"--disable-quic",
				"--no-first-run",
				"--disable-background-networking",
				"--disable-component-update",
				"--disable-sync",
			],
		},
	},
});
