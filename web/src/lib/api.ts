// The only way to the server. A request ends with its answer or with a Problem; when the server does not answer, or the
// session has ended, it waits for that to be mended and goes on, so that nothing that was typed is lost.

import { heard } from "./clock";
import { connection } from "./connection.svelte";
import type { components } from "./schema";

export type Schemas = components["schemas"];
export type Query = Record<string, string | number | boolean | null | undefined>;

/** A problem document (RFC 9457), or what stands for one where the server sent none. */
export class Problem extends Error {
	readonly status: number;
	/** The word after `urn:holdfast:problem:`; stable. */
	readonly kind: string;
	readonly field: string | undefined;
	readonly items: Schemas["item_problem"][];
	readonly instance: string | undefined;

	constructor(status: number, body: Partial<Schemas["problem"]>) {
		super(body.detail ?? body.title ?? `The server answered with ${status}.`);
		this.status = status;
		this.kind = (body.type ?? "").replace(/^urn:holdfast:problem:/, "");
		this.field = body.field;
		this.items = body.items ?? [];
		this.instance = body.instance;
	}

	/** What was thrown, as something to tell. */
	static of(thrown: unknown): Problem {
		return thrown instanceof Problem ? thrown : new Problem(0, { detail: String(thrown) });
	}
}

export interface Answer<T> {
	body: T;
	status: number;
	/** The version that the answer is of, for `If-Match`. */
	tag: string | null;
	location: string | null;
}

interface Options {
	query?: Query | undefined;
	body?: unknown;
	/** Sent as it is instead of `body`. */
	file?: Blob;
	headers?: Record<string, string>;
	signal?: AbortSignal | undefined;
	/** May be sent again when no answer came. What changes something has a key then, and is done once (`Idempotency-Key`). */
	repeatable?: boolean;
	/** Whether an ended session is somebody else's matter. */
	anonymous?: boolean;
}

/** What signs in again, so that a request can go on. Set once, by the session. */
let renew: () => Promise<void> = () => Promise.reject(new Problem(401, { detail: "Nobody is signed in." }));
export function onSignedOut(what: () => Promise<void>): void {
	renew = what;
}

/** A text that nobody else has. Browsers have a call for that, but over plain HTTP not for everybody. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function address(path: string, query: Query = {}): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query))
		if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
	const text = search.toString();
	return `/api/v1${path}${text ? `?${text}` : ""}`;
}

const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

async function ask(method: string, path: string, options: Options): Promise<Response> {
	const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
	const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store", redirect: "error" };
	if (options.repeatable && method !== "GET") headers["Idempotency-Key"] = newKey();
	if (options.signal) init.signal = options.signal;
	if (options.file) init.body = options.file;
	else if (options.body !== undefined) {
		headers["Content-Type"] ??= "application/json";
		init.body = JSON.stringify(options.body);
	}
	for (let busy = 0; ; ) {
		let response: Response;
		try {
			response = await fetch(address(path, options.query), init);
		} catch (error) {
			options.signal?.throwIfAborted();
			connection.lost();
			if (!options.repeatable) throw new Problem(0, { detail: "The server did not answer. Whether it did what was asked is not known." });
			console.debug(error);
			await connection.back(options.signal);
			continue;
		}
		connection.found();
		heard(response.headers.get("Date"));
		if (response.status === 401 && !options.anonymous) {
			await renew();
			continue;
		}
		if (response.status === 503 && options.repeatable && busy++ < 5) {
			await sleep(1000 * Math.min(10, Number(response.headers.get("Retry-After")) || busy));
			continue;
		}
		return response;
	}
}

function parsed<T>(response: Response, text: string): T {
	let body: unknown = null;
	try {
		body = text ? JSON.parse(text) : null;
	} catch {
		if (response.ok) throw new Problem(response.status, { detail: "The answer cannot be read. Is there a proxy before the server?" });
	}
	if (!response.ok) throw new Problem(response.status, (body ?? {}) as Partial<Schemas["problem"]>);
	return body as T;
}

async function answer<T>(method: string, path: string, options: Options): Promise<Answer<T>> {
	const response = await ask(method, path, options);
	const body = parsed<T>(response, await response.text());
	return { body, status: response.status, tag: response.headers.get("ETag"), location: response.headers.get("Location") };
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
	return (await answer<T>("GET", path, { query, signal, repeatable: true })).body;
}

/** Answers that pages come back to, by their addresses, those that were given last at the end. They go with the page, and so does whoever was signed in. */
const answers = new Map<string, { text: string; body: unknown }>();
const mostAnswers = 16;

/** What was answered before, for the moment until it has been asked for anew. */
export function recall<T>(path: string, query?: Query): T | undefined {
	return answers.get(address(path, query))?.body as T | undefined;
}

/** What broke a page is not to break it again. */
export function forget(): void {
	answers.clear();
}

/** As `get`, to be recalled. An answer that says the same is the same object, so that nothing is made anew of it; one that `stands` is asked for once. */
export async function getAgain<T>(path: string, query: Query, signal: AbortSignal, stands = false): Promise<T> {
	const name = address(path, query);
	if (stands && answers.has(name)) return answers.get(name)!.body as T;
	const response = await ask("GET", path, { query, signal, repeatable: true });
	const text = await response.text();
	const before = answers.get(name);
	const answered = before?.text === text ? before : { text, body: parsed<T>(response, text) };
	answers.delete(name);
	answers.set(name, answered);
	for (const oldest of answers.keys()) if (answers.size > mostAnswers) answers.delete(oldest);
	return answered.body as T;
}

/** As it is written, where it is no JSON: a checkpoint. */
export async function getText(path: string, query?: Query, signal?: AbortSignal): Promise<string> {
	const response = await ask("GET", path, { query, signal, repeatable: true, headers: { Accept: "text/plain" } });
	const text = await response.text();
	if (!response.ok) throw new Problem(response.status, {});
	return text;
}

/** With the tag that a later change names. */
export function read<T>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer<T>> {
	return answer<T>("GET", path, { query, signal, repeatable: true });
}

/** Makes something, once, however often it has to be asked for. */
export function make<T>(path: string, body: unknown): Promise<Answer<T>> {
	return answer<T>("POST", path, { body, repeatable: true });
}

/** Changes the version that the tag names, once; 412 when somebody made a newer one. */
export function change<T>(path: string, tag: string, body: unknown): Promise<Answer<T>> {
	return answer<T>("PATCH", path, { body, headers: { "If-Match": tag }, repeatable: true });
}

export function retire(path: string, tag: string): Promise<Answer<null>> {
	return answer<null>("DELETE", path, { headers: { "If-Match": tag }, repeatable: true });
}

/** For what must not be asked twice unseen, such as what answers with a secret. */
export function act<T>(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: unknown): Promise<Answer<T>> {
	return answer<T>(method, path, { body });
}

/** As `act`, where it is not yet known who asks. */
export function enter<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<Answer<T>> {
	return answer<T>(method, path, { body, anonymous: true });
}

/** Sends a file, to be taken once. */
export function upload<T>(path: string, file: Blob, type: string, query?: Query): Promise<Answer<T>> {
	return answer<T>("POST", path, { file, query, headers: { "Content-Type": type }, repeatable: true });
}
