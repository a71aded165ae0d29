import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

type Scheme = "light" | "dark";

/** The page breaks no rule of WCAG 2.2 AA that axe knows, in light and in dark. */
export async function clean(page: Page, schemes: readonly Scheme[] = ["light", "dark"]): Promise<void> {
	for (const colorScheme of schemes) {
		await page.emulateMedia({ colorScheme });
		// No page has frames, for which another would be opened to put together what was found.
		const axe = new AxeBuilder({ page }).setLegacyMode().withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
		const found = await axe.analyze();
		const told = found.violations.map((rule) => `${rule.id} (${colorScheme}): ${rule.help}\n  ${rule.nodes.map((node) => node.target.join(" ")).join("\n  ")}`);
		expect(told, `what axe finds on ${page.url()}`).toEqual([]);
	}
	await page.emulateMedia({ colorScheme: null });
}
