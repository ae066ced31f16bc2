// What pages without a framework do better with a script; each of them works without.
import { followCard } from "../pages/card.ts";
import { checkDevices } from "../pages/check.ts";
import { followCopies } from "../pages/copy.ts";
import { guessZones } from "../pages/guess_zone.ts";
import { followForm } from "../pages/live_form.ts";
import { tellLocalHours } from "../pages/local_hour.ts";
import { offerPasskeys } from "../pages/passkeys.ts";
import { refreshRegions } from "../pages/refresh.ts";
import { rememberRegions } from "../pages/regions.ts";
import { drawTables } from "../pages/tables.ts";

rememberRegions();
drawTables();
followCopies();
checkDevices();
followForm();
guessZones();
tellLocalHours();
followCard();
refreshRegions();
void offerPasskeys();
