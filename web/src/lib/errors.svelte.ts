// A fault of the page itself: people get a way out, the server's log gets the place.

class Fault {
	message = $state<string | null>(null);
}
export const fault = new Fault();

let told = 0;

function tell(message: string, source: string, line: number, stack: string): void {
	fault.message = message;
	// A fault that repeats says nothing new.
	if (told++ >= 5) return;
	const body = { message: message.slice(0, 500), page: location.pathname.slice(0, 500), source: source.slice(0, 500), line, stack: stack.slice(0, 4000) };
	void fetch("/api/v1/browser-errors", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).catch(() => {});
}

export function report(error: unknown): void {
	if (error instanceof DOMException && error.name === "AbortError") return;
	const stack = error instanceof Error ? (error.stack ?? "") : "";
	tell(error instanceof Error ? error.message : String(error), "", 0, stack);
}

export function watchErrors(): void {
	addEventListener("error", (event) => tell(event.message, event.filename, event.lineno, (event.error as Error | null)?.stack ?? ""));
	addEventListener("unhandledrejection", (event) => report(event.reason));
}
