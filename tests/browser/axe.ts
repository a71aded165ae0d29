import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { default as Axe, RunOnly } from "axe-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Scheme = "light" | "dark";

/** Dark is another set of colours on the same page. */
const rules: Record<Scheme, RunOnly> = {
	light: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
	dark: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
};

/** The page breaks no rule of WCAG 2.2 AA that axe knows, in light and in dark. */
export async function clean(page: Page, schemes: readonly Scheme[] = ["light", "dark"]): Promise<void> {
	if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source);
	for (const colorScheme of schemes) {
		await page.emulateMedia({ colorScheme });
		const found = await page.evaluate(async (runOnly) => {
			const { axe } = globalThis as unknown as { axe: typeof Axe };
			const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"], iframes: false });
			return violations.map((rule) => `${rule.id}: ${rule.help}\n  ${rule.nodes.map((node) => node.target.join(" ")).join("\n  ")}`);
		}, rules[colorScheme]);
		expect(found, `what axe finds on ${page.url()} (${colorScheme})`).toEqual([]);
	}
	await page.emulateMedia({ colorScheme: null });
}
