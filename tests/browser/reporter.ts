// Tells tests as the other runners do: a line each, and how many in the end.

import type { FullResult, Reporter, TestCase, TestError, TestResult } from "@playwright/test/reporter";

export default class implements Reporter {
	#passed = 0;
	#failed = 0;

	onTestEnd(test: TestCase, result: TestResult): void {
		const name = test.titlePath().slice(2).join(": ");
		// A test that is passed over has shown nothing.
		const good = result.status === "passed";
		if (good) this.#passed++;
		else this.#failed++;
		console.log(`${good ? "ok" : "not ok"} ${name}${good ? "" : ` (${result.status})`}`);
		for (const error of result.errors) console.log((error.stack ?? error.message ?? "").replace(/\u001b\[\d+m/g, "").replace(/^/gm, "    "));
	}

	onError(error: TestError): void {
		this.#failed++;
		console.log((error.stack ?? error.message ?? "").replace(/^/gm, "    "));
	}

	onEnd(_result: FullResult): void {
		console.log(`${this.#passed} passed, ${this.#failed} failed`);
	}
}
