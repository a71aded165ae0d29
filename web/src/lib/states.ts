import type { Schemas } from "./api";

export type State = Schemas["cell"]["state"];

/** The states of a cell, the worst first. */
export const states: State[] = ["missed", "failing", "unproven", "waived", "proven", "quiet", "not_applicable"];

export const stateWords: Record<State, string> = {
	missed: "Missed",
	failing: "Failing",
	unproven: "Unproven",
	waived: "Waived",
	proven: "Proven",
	quiet: "Quiet",
	not_applicable: "Not applicable",
};

/** How each is drawn on 16 by 16 points. What is left out of a shape is not drawn, whatever it lies on. */
export const stateShapes: Record<State, string> = {
	missed: "M1.2 1.2h13.6v13.6H1.2zM5.64 4.36L4.36 5.64 6.73 8l-2.37 2.36 1.28 1.28L8 9.27l2.36 2.37 1.28-1.28L9.27 8l2.37-2.36-1.28-1.28L8 6.73z",
	failing: "M8 1l7.2 13.4H.8zM7.15 6v4h1.7V6zM7.15 11.4v1.4h1.7v-1.4z",
	unproven:
		"M6.7 1.94A6.2 6.2 0 0 1 9.3 1.94M10.9 2.52A6.2 6.2 0 0 1 12.89 4.19M13.74 5.67A6.2 6.2 0 0 1 14.2 8.23M13.9 9.91A6.2 6.2 0 0 1 12.6 12.16M11.29 13.25A6.2 6.2 0 0 1 8.85 14.14M7.15 14.14A6.2 6.2 0 0 1 4.71 13.25M3.4 12.16A6.2 6.2 0 0 1 2.1 9.91M1.8 8.23A6.2 6.2 0 0 1 2.26 5.67M3.11 4.19A6.2 6.2 0 0 1 5.1 2.52M6.2 6.4c0-2.4 3.6-2.4 3.6-.1 0 1.4-1.8 1.4-1.8 3M8 10.6v1.3",
	waived: "M8 1a7 7 0 0 0 0 14A7 7 0 0 0 8 1zM8 2.6v10.8A5.4 5.4 0 0 1 8 2.6z",
	proven: "M8 1a7 7 0 0 0 0 14A7 7 0 0 0 8 1zM3.96 8.84L6.92 11.79 12.06 6.32 10.74 5.08 6.88 9.21 5.24 7.56z",
	quiet: "M8 5a3 3 0 0 0 0 6A3 3 0 0 0 8 5z",
	not_applicable: "M3 7.1h10v1.8H3z",
};

export const stateMeaning: Record<State, string> = {
	missed: "The period ended and the duty was not proven.",
	failing: "At least one record breaks the duty.",
	unproven: "Nothing shows that the duty is met.",
	waived: "Tolerated for a time, by a decision that is on record.",
	proven: "Records or accepted evidence show that the duty is met.",
	quiet: "Nothing happened in the period that the duty has to answer.",
	not_applicable: "It was decided that the duty does not bind here.",
};

/** What is told of a state that is shown by its shape alone. */
export const stateTold = (state: State): string => `${stateWords[state]}: ${stateMeaning[state]}`;

export const reasonMeaning: Record<string, string> = {
	empty_scope: "there is no record that the duty is about",
	stale_feed: "a delivery that it needs is missing or too old",
	no_evidence: "nobody has handed in evidence for the period",
	awaiting_review: "evidence is there, and nobody else has accepted it yet",
	check_error: "the check could not be run",
};

export function worse(a: State, b: State): State {
	return states.indexOf(a) <= states.indexOf(b) ? a : b;
}
