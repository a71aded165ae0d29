// Security keys (WebAuthn): what the server wants asked, asked of the browser, and its answer given back.

import { act, enter, type Schemas } from "./api";

interface Json {
	response: { clientDataJSON: string; attestationObject?: string; authenticatorData?: string; signature?: string };
	id: string;
}

export const keysWork = (): boolean =>
	typeof PublicKeyCredential !== "undefined" && typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";

/** Gives a security key as the second factor. */
export async function askKey(): Promise<void> {
	const ask = (await enter<Schemas["key_request"]>("POST", "/session/security-key/options")).body;
	const credential = (await navigator.credentials.get({
		publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(ask as unknown as PublicKeyCredentialRequestOptionsJSON),
	})) as PublicKeyCredential;
	const { id, response } = credential.toJSON() as Json;
	await enter("POST", "/session/security-key", {
		key: id,
		client_data: response.clientDataJSON,
		authenticator_data: response.authenticatorData,
		signature: response.signature,
	});
}

/** Registers one under a name; the first factor brings recovery codes. */
export async function registerKey(name: string): Promise<string[]> {
	const ask = (await act<Schemas["key_creation"]>("POST", "/me/security-keys/options")).body;
	const credential = (await navigator.credentials.create({
		publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(ask as unknown as PublicKeyCredentialCreationOptionsJSON),
	})) as PublicKeyCredential;
	const { response } = credential.toJSON() as Json;
	const made = await act<Schemas["recovery"]>("POST", "/me/security-keys", {
		name,
		client_data: response.clientDataJSON,
		attestation: response.attestationObject,
	});
	return made.body.recovery_codes;
}
