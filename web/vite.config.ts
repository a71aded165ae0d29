import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// `npm run dev` serves the pages by itself and asks a running server for the rest.
const server = process.env["HOLDFAST_URL"] ?? "http://127.0.0.1:8700";

export default defineConfig({
	plugins: [svelte()],
	build: {
		outDir: "../build/web",
		emptyOutDir: true,
		target: "es2022",
		// A file of its own for each picture: the server's policy lets no page bring its own data.
		assetsInlineLimit: 0,
	},
	server: { proxy: { "/api": { target: server, changeOrigin: false }, "/healthz": { target: server, changeOrigin: false } } },
});
