import { existsSync, readFileSync } from "node:fs";
import { folder } from "./people";

export default function teardown(): void {
	if (!process.env["HOLDFAST_URL"] && existsSync(`${folder}pid`)) process.kill(Number(readFileSync(`${folder}pid`, "utf8")));
}
