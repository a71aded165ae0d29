import "./ledger.test";
import "./room.test";
