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

export const stateMeaning: Record<State, string> = {
	missed: "The period ended and the duty was not proven.",
	failing: "At least one record breaks the duty.",
	unproven: "Nothing shows that the duty is met.",
	waived: "Tolerated for a time, by a decision that is on record.",
	proven: "Records or accepted evidence show that the duty is met.",
	quiet: "Nothing happened in the period that the duty has to answer.",
	not_applicable: "It was decided that the duty does not bind here.",
};

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
