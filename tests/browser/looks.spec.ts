// What pages look like to others than most: without colours, four times as large, on paper.

import { clean } from "./axe";
import { seen } from "./keyboard";
import { expect, test } from "./people";
import { beyond, Watch } from "./walk";

test.use({ person: "som" });
test.describe.configure({ timeout: 90_000 });

test("states are told by shapes and words where there are no colours", async ({ page }) => {
	await page.emulateMedia({ forcedColors: "active" });
	const watch = new Watch(page);
	await watch.go("/account");
	const shapes = new Map<string, string>();
	for (const path of ["/", "/?section=9.3", "/plan", "/work"]) {
		await watch.follow(path);
		const marks = await page.locator("[data-state]:has(> svg)").evaluateAll((all) => {
			const canvas = getComputedStyle(document.documentElement).backgroundColor;
			return all.map((one) => {
				const drawn = [...one.querySelectorAll("svg > path")];
				// The colour that it is drawn in, as the machine has it.
				const inks = drawn.map((part) => [getComputedStyle(part).stroke, getComputedStyle(part).fill].find((ink) => ink !== "none") ?? canvas);
				return {
					state: one.getAttribute("data-state") ?? "",
					shape: drawn.map((part) => part.getAttribute("d")).join(" + "),
					words: one.getAttribute("aria-label") ?? one.textContent?.trim() ?? "",
					seen: getComputedStyle(one).color !== canvas && inks.length > 0 && !inks.includes(canvas),
					// A shape that is filled leaves out what is in it, whatever it lies on.
					apart: drawn.every((part) => getComputedStyle(part).fill === "none" || getComputedStyle(part).fillRule === "evenodd"),
				};
			});
		});
		expect(marks.length, path).toBeGreaterThan(3);
		for (const { state, shape, words, seen, apart } of marks) {
			expect(words.toLowerCase()).toContain(state.replace("_", " "));
			expect([seen, apart], `whether ${state} is seen, and what is in its shape`).toEqual([true, true]);
			expect(shapes.get(state) ?? shape, state).toBe(shape);
			shapes.set(state, shape);
		}
	}
	expect(shapes.size).toBeGreaterThan(3);
	expect(new Set(shapes.values()).size, "shapes of states").toBe(shapes.size);
	// Where one is, and where the keyboard is.
	const border = (name: string) =>
		page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).evaluate((one) => getComputedStyle(one).borderLeftColor !== getComputedStyle(document.documentElement).backgroundColor);
	expect([await border("My work"), await border("Plan")]).toEqual([true, false]);
	await page.keyboard.press("Tab");
	expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe("solid");
	// What is late, what is due on a day, and what is wrong with a field says so, too.
	await watch.follow("/findings");
	await expect(page.getByText(/▲ [\d,]+ days? late/).first()).toBeVisible();
	await watch.follow("/work/calendar?scope=all");
	for (const mark of await page.locator(".due[data-state]").all()) await expect(mark).toHaveText(/^\s*[▲○✓]\s*\d*\s*(Late|Due|Met)\s*$/);
	await watch.follow("/registers/account/new");
	await page.getByRole("button", { name: "Make the record" }).click();
	await expect(page.getByText(/^▲ .*must be given/).first()).toBeVisible();
});

test.describe("four times as large", () => {
	// A window of 1280 × 1024 points.
	test.use({ viewport: { width: 320, height: 256 } });

	test("the matrix, a list and a form are gone through by the keyboard, and what has it is seen", async ({ page }) => {
		const watch = new Watch(page);
		await watch.go("/");
		const section = page.locator("tr", { has: page.getByRole("link", { name: /^\S* ?6\.5 / }) });
		const crossings = section.locator("a.crossing");
		await crossings.first().focus();
		for (let i = 1; i < (await crossings.count()); i++) {
			await page.keyboard.press("ArrowRight");
			await seen(page);
		}
		await expect(crossings.last()).toBeFocused();
		// The last column was not in sight, and its row's name is while it is.
		await expect(page.locator(":focus")).toBeInViewport({ ratio: 0.9 });
		await expect(section.getByRole("rowheader")).toBeInViewport();
		await page.keyboard.press("Enter");
		await expect(page.getByRole("table").getByRole("heading", { level: 3 })).toBeVisible();
		expect(await beyond(page)).toBeLessThanOrEqual(0);

		await watch.follow("/registers/account");
		await page.locator('[data-row="0"] > [data-column="0"]').focus();
		for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "PageDown", "PageDown"]) {
			await page.keyboard.press(key);
			await seen(page);
			await expect(page.locator(":focus")).toBeInViewport({ ratio: 0.5 });
		}

		await watch.follow("/registers/account/new");
		await page.getByLabel("Key", { exact: true }).focus();
		for (let i = 0; i < 20; i++) {
			await page.keyboard.press("Tab");
			await seen(page);
		}
		await page.keyboard.press("Control+k");
		await expect(page.getByRole("dialog")).toBeVisible();
		await seen(page);
		await clean(page, ["light"]);
		expect(await beyond(page)).toBeLessThanOrEqual(0);
	});
});

test("on paper stand the marking and whole tables, and nothing to press", async ({ page }) => {
	const watch = new Watch(page);
	// What is cut or to be pressed, on a sheet as wide as A4 is between its margins.
	const faults = () =>
		page.evaluate(() => {
			const told: string[] = [];
			const shown = (one: Element | null) => one !== null && one.getClientRects().length > 0;
			for (const table of document.querySelectorAll("main table, main pre, main dl")) {
				if (!shown(table)) continue;
				if (table.getBoundingClientRect().right > innerWidth + 1) told.push(`${table.tagName}.${table.className} is wider than the sheet`);
				for (let box: Element | null = table; box && box !== document.documentElement; box = box.parentElement) {
					const style = getComputedStyle(box);
					if (style.overflow !== "visible" && (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)) told.push(`${box.tagName}.${box.className} cuts a ${table.tagName}`);
				}
			}
			for (const [i, way] of ["table-header-group", "table-footer-group"].entries()) {
				const mark = document.querySelectorAll("aside[aria-label^='Protective marking']")[i];
				if (mark?.textContent !== "COMMERCIAL IN CONFIDENCE" || getComputedStyle(mark).display !== way) told.push(`no marking is a ${way}`);
			}
			for (const away of document.querySelectorAll("nav, header.bar, main button, main input, main select, .skip")) if (shown(away) && !away.closest("th, [data-day]")) told.push(`${away.outerHTML.slice(0, 80)} is printed`);
			for (const link of document.querySelectorAll("main a")) if (shown(link) && getComputedStyle(link).color !== "rgb(0, 0, 0)") told.push(`a link is ${getComputedStyle(link).color}`);
			if (!shown(document.querySelector("h1"))) told.push("no heading is printed");
			return told.slice(0, 5);
		});
	await watch.go("/account");
	for (const path of ["/", "/?section=6.5", "/cells/6.5-c/quillstone", "/plan/6.5", "/work", "/work/calendar?scope=all", "/registers", "/registers/account", "/registers/account/import", "/records/ACC-1", "/findings", "/people?show=leavers", "/people/PER-1", "/ledger?record=ACC-1&version=1", "/admin/feeds", "/admin/plan", "/account"]) {
		await watch.follow(path);
		await page.emulateMedia({ media: "print" });
		await page.setViewportSize({ width: 718, height: 1000 });
		await expect.poll(faults, { message: path }).toEqual([]);
		await page.emulateMedia({ media: "screen" });
		await page.setViewportSize({ width: 1280, height: 800 });
	}
	// Of a long list all that was loaded goes onto paper, and leaves it again.
	await watch.follow("/registers/account");
	const rows = page.locator("tr[data-row]");
	const few = await rows.count();
	await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
	await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(60);
	await page.evaluate(() => dispatchEvent(new Event("afterprint")));
	await expect(rows).toHaveCount(few);
	await page.emulateMedia({ media: "print" });
	await expect(page.getByRole("columnheader", { name: "Number" })).toContainText("Number");
});
