#include "demo/world.h"

/* Invented people: any likeness of a whole name is chance. */
static const char *const given[] = {
	"Ailsa",    "Hamish",  "Morag",	   "Fergus",	"Catriona", "Struan",	"Isla",
	"Ruaridh",  "Eilidh",  "Callum",   "Oluwaseun", "Ngozi",    "Chidi",	"Amara",
	"Thandiwe", "Kofi",    "Abena",	   "Tendai",	"Wei",	    "Mei-Ling", "Haruto",
	"Yuki",	    "Jin-woo", "Soo-ah",   "Priya",	"Arjun",    "Lakshmi",	"Ravi",
	"Ayesha",   "Imran",   "Farah",	   "Thi Hoa",	"George",   "Harriet",	"Edmund",
	"Beatrice", "Alfred",  "Winifred", "Jean-Luc",	"Zoë",	    "Renée",	"Søren",
	"Siobhán",  "Pádraig", "Aoife",	   "Ewa",	"Tomasz",   "Inês",	"Mary-Ann",
	"Joseph",   "Ruth",    "Daniel",   "Naomi",	"Samuel",   "Leila",	"Omar",
};
static const char *const family[] = {
	"MacAskill",   "Drummond-Hay", "Auchterlonie", "Kinnaird",     "Galbraith",  "McIlwraith",
	"Farquhar",    "Urquhart",     "Birkenshaw",   "Thistlewood",  "Ormerod",    "Fairweather",
	"Hollins",     "Pemberton",    "Wrigley",      "Askew",	       "O'Shea",     "O'Dowd",
	"D'Arcy",      "Fitzgerald",   "Ní Bhriain",   "Okonjo",       "Adeyemi",    "Eze",
	"Mensah",      "Boateng",      "Nkosi",	       "Dlamini",      "Chikwanha",  "Mwangi",
	"Wanjiru",     "Tanaka",       "Fujimoto",     "Park",	       "Yoon",	     "Zhang",
	"Ouyang",      "Nguyễn",       "Trần",	       "Iyer",	       "Chatterjee", "Banerjee",
	"Sharma",      "Qureshi",      "Siddiqui",     "Rahman",       "al-Khatib",  "Haddad",
	"Müller",      "Löwenthal",    "Dubois",       "García-López", "Kowalczyk",  "Wiśniewska",
	"Lindqvist",   "Bjørnstad",    "van der Berg", "de Souza",     "Costa",	     "Petrov",
	"Smith-Jones", "Carter",       "Whitlock",     "Underhill",    "Penhaligon", "Trevanion",
};

const char *
name_given(uint64_t roll)
{
	return given[roll % COUNT_OF(given)];
}

const char *
name_family(uint64_t roll)
{
	return family[roll % COUNT_OF(family)];
}
