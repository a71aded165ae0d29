import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The page breaks no rule of WCAG 2.2 AA that axe knows, in light and in dark. */
export async function clean(page: Page): Promise<void> {
	for (const colorScheme of ["light", "dark"] as const) {
		await page.emulateMedia({ colorScheme });
		const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
		const told = found.violations.map((rule) => `${rule.id} (${colorScheme}): ${rule.help}\n  ${rule.nodes.map((node) => node.target.join(" ")).join("\n  ")}`);
		expect(told, "what axe finds").toEqual([]);
	}
	await page.emulateMedia({ colorScheme: null });
}
