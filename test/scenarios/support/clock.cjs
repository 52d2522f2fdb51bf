/** Preloaded into a run: its clock starts at TEST_NOW (milliseconds since 1970). */
const ahead = Number(process.env.TEST_NOW) - Date.now();
const { now } = Date;
Date.now = () => now() + ahead;
