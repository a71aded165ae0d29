// The keyboard's place. What has it may go away, as a row does that was revoked, or be shut for a while, as a button is whose work is
// being done; browsers then leave the keyboard at the top of the page. Here it goes back to where it was, or to what was around that.

import { afterPaint } from "./paint";

const homes = "[tabindex], section, form, dialog, aside, fieldset, main";

/** An element and what is around it, from the inside out. */
function around(element: Element | null): HTMLElement[] {
	const all: HTMLElement[] = [];
	for (let one = element; one && one !== document.body; one = one.parentElement) if (one instanceof HTMLElement) all.push(one);
	return all;
}

const lost = (): boolean => document.activeElement === null || document.activeElement === document.body;
const there = (element: HTMLElement): boolean => element.isConnected && element.getClientRects().length > 0;

function settle([first, ...outer]: HTMLElement[]): void {
	if (!first || !lost()) return;
	if (there(first)) {
		// It is shut; when it is not any more, it is looked at again.
		if (!first.matches(":disabled")) first.focus({ preventScroll: true });
		return;
	}
	const home = outer.find((one) => there(one) && one.matches(homes));
	const goal = home?.matches("main") ? (home.querySelector<HTMLElement>("h1") ?? home) : home;
	if (goal && !goal.hasAttribute("tabindex")) goal.tabIndex = -1;
	goal?.focus({ preventScroll: true });
}

/** Gives the keyboard back to where it is now, to be called when it was elsewhere and that has gone. */
export function returnHere(): () => void {
	const places = around(document.activeElement);
	return () => void afterPaint(() => settle(places));
}

/** Looks after it from now on. */
export function keepFocus(): void {
	let places: HTMLElement[] = [];
	let asked = false;
	addEventListener("focusin", (event) => (places = around(event.target as Element)));
	addEventListener("pointerdown", () => (places = []), true);
	addEventListener("focusout", () => {
		const was = places;
		// Who leaves an element that stays, wanted to. Of one that is taken away that is seen only afterwards.
		queueMicrotask(() => {
			if (places === was && lost() && was[0]?.isConnected && !was[0].matches(":disabled")) places = [];
		});
	});
	new MutationObserver(() => {
		if (asked || places.length === 0 || !lost()) return;
		asked = true;
		afterPaint(() => {
			asked = false;
			settle(places);
		});
	}).observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled", "hidden"] });
}
