// The few registers that pages of their own are about, and the fields by which those go. All else that is shown comes from the
// description; a field that a plan does not have is done without.

export const kinds = { people: "person", organisations: "organisation", findings: "finding", actions: "action" } as const;

export const fields = {
	/** The last day of a person. */
	leaves: "leave_date",
	severity: "severity",
} as const;
