"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));

// src/errors.ts
function messageOf(error2) {
  return error2 instanceof Error ? error2.message : String(error2);
}
function explain(error2) {
  if (error2 instanceof Failure) return error2.cure ? `${error2.message}
${error2.cure}` : error2.message;
  const message = error2 instanceof Error ? `${error2.name}: ${error2.message}` : String(error2);
  return `Unexpected error: ${message}
This is a bug in catalog-connect. Please report it with the lines above.`;
}
var Failure;
var init_errors = __esm({
  "src/errors.ts"() {
    "use strict";
    Failure = class extends Error {
      name = "Failure";
      cure;
      constructor(message, cure) {
        super(message);
        this.cure = cure;
      }
    };
  }
});

// src/inputs/table.ts
var COMMANDS, CATALOGS, ENTITIES, REGIONS, INTEGRATIONS, ROTATIONS, AILMENTS, INPUTS, OPERATIONS, TICKET_OPERATIONS, EXPIRY_SOURCES, quoted, operations, OUTPUTS;
var init_table = __esm({
  "src/inputs/table.ts"() {
    "use strict";
    COMMANDS = ["register", "plan", "remind"];
    CATALOGS = ["konnect", "backstage", "roadie"];
    ENTITIES = ["generate", "push"];
    REGIONS = ["us", "eu", "au", "me", "in", "sg"];
    INTEGRATIONS = ["azure-devops", "github", "gitlab"];
    ROTATIONS = ["auto", "always", "never"];
    AILMENTS = [
      "expiring",
      "expired",
      "tainted",
      "missing",
      "unauthorized",
      "unknown",
      "none"
    ];
    INPUTS = [
      {
        name: "command",
        group: "run",
        type: "choice",
        choices: COMMANDS,
        default: "register",
        label: "Command",
        description: "`register` ensures everything; `plan` reads everything, writes nothing and says what `register` would do; `remind` tells in time when the PAT ends."
      },
      {
        name: "timeout-minutes",
        group: "run",
        type: "whole number",
        default: "15",
        label: "Timeout in minutes",
        description: "How many minutes the whole run may take, with all its repeats and waits."
      },
      {
        name: "summary",
        group: "run",
        type: "boolean",
        default: "true",
        label: "Job summary",
        description: "Show what was done in the job summary."
      },
      {
        name: "catalog",
        group: "catalog",
        type: "choice",
        choices: CATALOGS,
        default: "konnect",
        label: "Catalog",
        description: "The kind of catalog: Kong Konnect, Backstage, or Roadie."
      },
      {
        name: "catalog-token",
        group: "catalog",
        type: "secret",
        required: true,
        label: "Catalog token",
        description: "From a secret. Konnect: `spat_\u2026` of a system account or `kpat_\u2026` of a person; Backstage: a static or service token; Roadie: a service token."
      },
      {
        name: "catalog-region",
        group: "catalog",
        type: "choice",
        choices: REGIONS,
        default: "us",
        label: "Catalog region",
        description: "The Konnect region that the catalog is in."
      },
      {
        name: "catalog-url",
        group: "catalog",
        type: "text",
        otherwise: "from `catalog-region`; `https://api.roadie.so` for Roadie",
        label: "Catalog URL",
        description: "The base URL: of Backstage (required), for example `https://backstage.example.com`; of your Roadie, `https://acme.roadie.so`; of the Konnect API."
      },
      {
        name: "catalog-file",
        group: "catalog",
        type: "text",
        default: "/catalog-info.yaml",
        label: "Catalog file",
        description: "Backstage and Roadie: the file of the repository that describes it."
      },
      {
        name: "entity",
        group: "catalog",
        type: "choice",
        choices: ENTITIES,
        otherwise: "from the file, which has to be there",
        label: "Entity",
        description: "Backstage and Roadie: what to do where the repository has no such file: `generate` shows one to commit. `push` (Roadie) gives the entity to the catalog, instead of having it read."
      },
      {
        name: "fail-on-pending",
        group: "catalog",
        type: "boolean",
        default: "true",
        label: "Fail on pending",
        description: "Fail when something is still pending at the end: a repository that Konnect has not discovered after `wait-timeout`, or a step in Roadie that only a person can do."
      },
      {
        name: "repository",
        group: "repository",
        type: "text",
        otherwise: "the repository of this run",
        label: "Repository",
        description: "`project/repository`, `organization/project/repository`, `owner/name`, or the clone or web URL of any of them."
      },
      {
        name: "azure-devops-organization",
        group: "repository",
        type: "text",
        otherwise: "from the repository or the pipeline",
        label: "Azure DevOps organization",
        description: "The Azure DevOps organization (on a Server, the collection), by its name or its address."
      },
      {
        name: "azure-devops-url",
        group: "repository",
        type: "text",
        otherwise: "from the repository or the pipeline, else `https://dev.azure.com`",
        label: "Azure DevOps URL",
        description: "The base URL of Azure DevOps, for example `https://tfs.example.com/tfs` of a Server."
      },
      {
        name: "integration",
        group: "integration",
        type: "choice",
        choices: INTEGRATIONS,
        otherwise: "by the repository's host",
        label: "Integration",
        description: "The kind of integration that reads the repository. Set it for a host with a name of its own, such as a GitHub Enterprise Server."
      },
      {
        name: "integration-name",
        group: "integration",
        type: "text",
        otherwise: "the integration instance of this organization; `azure-devops` when it is created",
        label: "Integration name",
        description: "The machine name of the integration instance."
      },
      {
        name: "integration-display-name",
        group: "integration",
        type: "text",
        otherwise: "left as it is; `Azure DevOps` when it is created",
        label: "Integration display name",
        description: "The display name of the integration instance."
      },
      {
        name: "azure-devops-pat",
        group: "credential",
        type: "secret",
        label: "Azure DevOps PAT",
        description: "The personal access token (Code: Read, in this organization only) with which the catalog reads the repositories. From a secret. Without it, the credential is only checked."
      },
      {
        name: "rotate-credential",
        group: "credential",
        type: "choice",
        choices: ROTATIONS,
        default: "auto",
        label: "Rotate the credential",
        description: "When to replace the credential: `auto` if it is tainted, expired or made from another PAT; `always`; or `never`."
      },
      {
        name: "pat-expires-on",
        group: "credential",
        type: "text",
        otherwise: "what the catalog, or an earlier run, knows; else estimated",
        label: "PAT expires on",
        description: "The last day of the PAT, as `YYYY-MM-DD`, which nobody can read from it. `register` records it on the integration for later reminders."
      },
      {
        name: "service-name",
        group: "service",
        type: "text",
        otherwise: "the service that the repository is mapped to, else the repository's name",
        label: "Service name",
        description: "The name of the service. Konnect: lower-case letters, digits, `.` and `-`, at most 120. Backstage and Roadie: the component, where the catalog file has several."
      },
      {
        name: "service-display-name",
        group: "service",
        type: "text",
        otherwise: "left as it is; the repository's name when it is created",
        label: "Service display name",
        description: "The display name of the catalog service."
      },
      {
        name: "service-description",
        group: "service",
        type: "text",
        otherwise: "left as it is",
        label: "Service description",
        description: "The description of the catalog service, at most 2048 characters."
      },
      {
        name: "service-labels",
        group: "service",
        type: "lines",
        otherwise: "left as they are",
        label: "Service labels",
        description: "One `key=value` a line, or a YAML or JSON map. Labels that are not named here are left as they are."
      },
      {
        name: "service-custom-fields",
        group: "service",
        type: "lines",
        otherwise: "left as they are",
        label: "Service custom fields",
        description: "A YAML or JSON map: owner, cost_center, product_manager (text); git_repo, dashboard, jira_project, slack_channel (a map of name and link). `null` clears a field; fields that are not named here are left as they are."
      },
      {
        name: "resource-id",
        group: "resource",
        type: "text",
        otherwise: "searched for",
        label: "Resource ID",
        description: "The ID of the catalog resource that is the repository, where the search cannot tell."
      },
      {
        name: "wait-timeout",
        group: "resource",
        type: "whole number",
        default: "300",
        label: "Wait timeout",
        description: "How many seconds to wait until the catalog has discovered or read the repository; `0` does not wait."
      },
      {
        name: "map-before-discovery",
        group: "resource",
        type: "boolean",
        default: "false",
        label: "Map before discovery",
        description: "Map the repository without waiting for its discovery, where Konnect describes repositories by nothing but what is known of this one."
      },
      {
        name: "remind-within-days",
        group: "reminder",
        type: "whole number",
        default: "30",
        label: "Remind within days",
        description: "How many days before its end a PAT counts as `expiring`."
      },
      {
        name: "fail-on",
        group: "reminder",
        type: "choices",
        choices: AILMENTS,
        default: "expired,tainted,missing",
        label: "Fail on",
        description: "With which `credential-status` a step with `command: remind` fails; `none` for never."
      },
      {
        name: "ticket",
        group: "reminder",
        type: "boolean",
        default: "false",
        label: "Ticket",
        description: "With `command: remind`: keep one ticket about the renewal, an issue of the current repository on GitHub, a work item of the project on Azure DevOps."
      },
      {
        name: "ticket-assignees",
        group: "reminder",
        type: "lines",
        otherwise: "nobody",
        label: "Ticket assignees",
        description: "Who is assigned to a new ticket: logins on GitHub, one user name (an e-mail address) on Azure DevOps. One a line, or separated by commas."
      },
      {
        name: "ticket-labels",
        group: "reminder",
        type: "lines",
        otherwise: "only those that the ticket is found by",
        label: "Ticket labels",
        description: "More labels (tags on Azure DevOps) of a new ticket. One a line, or separated by commas."
      },
      {
        name: "work-item-type",
        group: "reminder",
        type: "text",
        only: "azure",
        default: "Task",
        label: "Work item type",
        description: "The type of the work item, one that the process of the project has."
      },
      {
        name: "github-token",
        group: "reminder",
        type: "secret",
        only: "github",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
        gitHubDefault: "${{ github.token }}",
        label: "GitHub token",
        description: "The token that keeps the issue. It needs `issues: write`. Used only with `ticket`."
      }
    ];
    OPERATIONS = ["created", "updated", "replaced", "unchanged", "skipped", "pending"];
    TICKET_OPERATIONS = [
      "created",
      "updated",
      "closed",
      "reopened",
      "unchanged",
      "skipped"
    ];
    EXPIRY_SOURCES = ["input", "catalog", "recorded", "token-issue-month", "created-at"];
    quoted = (words2) => words2.map((word) => `\`${word}\``).join(", ");
    operations = quoted(OPERATIONS);
    OUTPUTS = [
      { name: "integration-id", default: "", description: "The ID of the integration instance." },
      { name: "integration-operation", default: "skipped", description: `What was done: ${operations}.` },
      { name: "credential-id", default: "", description: "The ID of the auth credential." },
      { name: "credential-operation", default: "skipped", description: `What was done: ${operations}.` },
      {
        name: "credential-status",
        default: "",
        description: "`valid`, `expiring`, `expired`, `tainted`, `missing`, `unauthorized`, or `unknown` where nothing proves that it works or does not."
      },
      {
        name: "credential-expires-on",
        default: "",
        description: "The last day of the credential (in UTC), as `YYYY-MM-DD`; empty when nothing is known."
      },
      {
        name: "credential-days-left",
        default: "",
        description: "How many days that is from today: 0 on the last day, negative afterwards."
      },
      {
        name: "credential-expiry-source",
        default: "",
        description: `How that is known: ${quoted(EXPIRY_SOURCES)}. The last two are upper bounds.`
      },
      { name: "service-id", default: "", description: "The ID of the catalog service." },
      { name: "service-name", default: "", description: "The machine name of the catalog service." },
      { name: "service-operation", default: "skipped", description: `What was done: ${operations}.` },
      { name: "resource-id", default: "", description: "The ID of the catalog resource that is the repository." },
      { name: "mapping-id", default: "", description: "The ID of the resource mapping." },
      { name: "mapping-operation", default: "skipped", description: `What was done: ${operations}.` },
      { name: "ticket-url", default: "", description: "The page of the ticket." },
      {
        name: "ticket-operation",
        default: "skipped",
        description: `What was done with the ticket: ${quoted(TICKET_OPERATIONS)}.`
      },
      {
        name: "changed",
        default: "false",
        description: "`true` when anything was (or, with `plan`, would be) written to the catalog."
      }
    ];
  }
});

// src/dates.ts
function parseDay(text) {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return void 0;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && dayOf(time) === text ? text : void 0;
}
function dayOf(time) {
  return new Date(time).toISOString().slice(0, 10);
}
function daysFrom(start, end) {
  return Math.round((Date.parse(end) - Date.parse(start)) / MILLISECONDS);
}
function daysAfter(day2, days) {
  return dayOf(Date.parse(day2) + days * MILLISECONDS);
}
function aYearAfter(day2) {
  const [year = "", rest = ""] = [day2.slice(0, 4), day2.slice(4)];
  const next = `${String(Number(year) + 1).padStart(4, "0")}${rest}`;
  return parseDay(next) ?? `${next.slice(0, 8)}28`;
}
function lastDayOf(year, month) {
  return dayOf(Date.UTC(year, month, 0));
}
var MILLISECONDS;
var init_dates = __esm({
  "src/dates.ts"() {
    "use strict";
    MILLISECONDS = 864e5;
  }
});

// src/secrets.ts
function createSecrets() {
  const plain = /* @__PURE__ */ new Set();
  const base64 = /* @__PURE__ */ new Set();
  return {
    add(secret) {
      if (secret.length < SHORTEST_SECRET) return;
      const { text } = decoded(secret);
      plain.add(text);
      plain.add(Buffer.from(text).toString("latin1"));
      for (const form of alignmentsOf(secret)) base64.add(form);
    },
    mask(text) {
      if (plain.size === 0) return text;
      const read3 = decoded(text);
      const spans = [...spansOf(plain, read3.text), ...spansOf(base64, standardBase64(read3.text))];
      return spans.length === 0 ? text : replaced(text, spans, read3);
    }
  };
}
function withSecrets(secrets, work) {
  return ofRun.run(secrets, work);
}
function mask(text) {
  return ofRun.getStore()?.mask(text) ?? text;
}
function decoded(text) {
  let result = { text };
  for (let depth = 0; depth < DEEPEST && /[\\%&]/u.test(result.text); depth++) {
    const next = decodedOnce(result);
    if (next.text.length === result.text.length) return result;
    result = next;
  }
  return result;
}
function decodedOnce({ text, starts }) {
  const parts = [];
  const positions = [];
  let end = 0;
  const keep = (characters, start, step2) => {
    parts.push(characters);
    for (let index = 0; index < characters.length; index++)
      positions.push(starts ? starts[start + step2 * index] ?? 0 : start + step2 * index);
  };
  for (const match of text.matchAll(ESCAPE)) {
    keep(text.slice(end, match.index), end, 1);
    keep(characterOf(match) ?? match[0], match.index, 0);
    end = match.index + match[0].length;
  }
  keep(text.slice(end), end, 1);
  return { text: parts.join(""), starts: positions };
}
function characterOf([, unicode, byte, percent, hex, decimal, name]) {
  if (name !== void 0) return ENTITIES2[name.toLowerCase()];
  const digits = unicode ?? byte ?? percent ?? hex;
  const code = digits === void 0 ? Number(decimal ?? Number.NaN) : Number.parseInt(digits, 16);
  if (Number.isNaN(code)) return "";
  return code <= 1114111 ? String.fromCodePoint(code) : void 0;
}
function standardBase64(text) {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}
function alignmentsOf(secret) {
  const length = Buffer.byteLength(secret);
  return [0, 1, 2].map((offset) => {
    const text = Buffer.from("x".repeat(offset) + secret).toString("base64");
    return text.slice(Math.ceil(offset * 8 / 6), Math.floor((offset + length) * 8 / 6));
  });
}
function spansOf(needles, text) {
  const spans = [];
  for (const needle of needles)
    for (let start = text.indexOf(needle); start >= 0; start = text.indexOf(needle, start + 1))
      spans.push([start, start + needle.length]);
  return spans;
}
function replaced(text, spans, { starts }) {
  const at = (index) => starts ? starts[index] ?? text.length : index;
  let result = "";
  let end = 0;
  for (const [first, last] of spans.sort(([left], [right]) => left - right)) {
    if (at(first) >= end) result += `${text.slice(end, at(first))}***`;
    end = Math.max(end, at(last));
  }
  return result + text.slice(end);
}
var import_node_async_hooks, SHORTEST_SECRET, ofRun, ESCAPE, ENTITIES2, DEEPEST;
var init_secrets = __esm({
  "src/secrets.ts"() {
    "use strict";
    import_node_async_hooks = require("node:async_hooks");
    SHORTEST_SECRET = 8;
    ofRun = new import_node_async_hooks.AsyncLocalStorage();
    ESCAPE = /\\+u([0-9a-f]{4})|\\+x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]{1,6});?|&#(\d{1,7});?|&([a-z]+);|\\+/giu;
    ENTITIES2 = Object.fromEntries(
      "!excl \"quot #num $dollar %percnt &amp 'apos (lpar )rpar *ast +plus ,comma -hyphen .period /sol :colon ;semi <lt =equals >gt ?quest @commat [lbrack [lsqb \\bsol ]rbrack ]rsqb ^Hat _lowbar `grave {lbrace {lcub |verbar |vert }rbrace }rcub".split(" ").map((entry) => [entry.slice(1).toLowerCase(), entry.charAt(0)])
    );
    DEEPEST = 5;
  }
});

// src/text.ts
function oneLine(text, limit = 300) {
  return cut(mask(text.slice(0, MAX_READ)), limit);
}
function pageText(page, limit) {
  return cut(
    mask(page.slice(0, MAX_READ)).replace(/<[^<>]*>/gu, " ").replace(/\s+/gu, " "),
    limit
  );
}
function cut(text, limit = 300) {
  const line = text.split(LINE_BREAKS).join(" ").replace(CONTROLS, " ").trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}\u2026` : line;
}
function inert(text) {
  return text.split(LINE_BREAKS).map(
    (line) => line.replace(CONTROLS, " ").replace(/##(?=\w*\[)/gu, "# #").replace(/^(\s*):(?=:)/u, "$1: ")
  ).join("\n");
}
function markdown(text) {
  return oneLine(text, 2e3).replace(/[^\p{L}\p{N} -]/gu, (character) => `&#${character.codePointAt(0)};`);
}
function bullets(items) {
  const shown2 = items.slice(0, 20).map((item) => `- ${oneLine(item, 500)}`);
  return [...shown2, ...items.length > 20 ? [`- and ${items.length - 20} more`] : []].join("\n");
}
var LINE_BREAKS, CONTROLS, MAX_READ;
var init_text = __esm({
  "src/text.ts"() {
    "use strict";
    init_secrets();
    LINE_BREAKS = /\r\n|[\n\r\u0085\u2028\u2029]/u;
    CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
    MAX_READ = 1e5;
  }
});

// src/inputs/values.ts
function couldBeToken(text) {
  return text.length >= SHORTEST_SECRET && !OUTPUT_WORDS.has(text) && parseDay(text) === void 0;
}
function parseBoolean(text) {
  if (/^(?:true|yes|on|1)$/iu.test(text)) return true;
  if (/^(?:false|no|off|0)$/iu.test(text)) return false;
  return void 0;
}
async function parseLabels(text, complain) {
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() && !line.trim().startsWith("#"));
  const pairs = lines.every((line) => /^\s*[^\s:{"'=]+\s*=/u.test(line)) ? lines.map((line) => split(line)) : Object.entries(await parseMap(text, "failsafe", complain));
  if (pairs.length > MOST_LABELS)
    complain(`has ${pairs.length} labels; the catalog takes at most ${MOST_LABELS}`);
  const labels2 = /* @__PURE__ */ new Map();
  for (const [key, value] of pairs) {
    const shown2 = oneLine(key, 80);
    if (labels2.has(key)) complain(`names the label "${shown2}" twice`);
    if (!LABEL.test(key) || RESERVED.test(key))
      complain(
        `has the label key "${shown2}"; a key is 1 to 63 letters, digits, "-", "_" and ".", begins and ends with a letter or digit, and does not begin with kong, konnect, mesh or kic`
      );
    if (!LABEL.test(String(value)) || typeof value === "object")
      complain(
        `has the value "${oneLine(describe(value), 80)}" for the label "${shown2}"; a value is 1 to 63 letters, digits, "-", "_" and ".", and begins and ends with a letter or digit`
      );
    labels2.set(key, String(value));
  }
  return Object.fromEntries(labels2);
}
function split(line) {
  const [key = "", ...value] = line.split("=");
  return [key.trim(), value.join("=").trim()];
}
async function parseCustomFields(text, complain) {
  const fields = Object.entries(await parseMap(text, "core", complain));
  for (const [key, value] of fields) {
    const shown2 = oneLine(key, 80);
    if (!/^[a-z][a-z0-9_-]{0,62}$/iu.test(key))
      complain(`has the key "${shown2}", which is not a custom field's`);
    else if (value === null) continue;
    else if (typeof value === "number" && !Number.isFinite(value))
      complain(`has ${value} for ${shown2}, which is no number that a catalog takes`);
    else if (TEXT_FIELDS.has(key) && typeof value !== "string")
      complain(`needs text for ${key}, not ${describe(value)}`);
    else if ((LINK_FIELDS.has(key) || typeof value === "object") && !isLink(value))
      complain(`needs a map of name and link for ${shown2}, like {name: Board, link: "https://example.com"}`);
  }
  return Object.fromEntries(fields);
}
function isLink(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { name, link: link2, ...rest } = value;
  return typeof name === "string" && typeof link2 === "string" && URL.canParse(link2) && Object.keys(rest).length === 0;
}
function describe(value) {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
}
async function parseMap(text, schema, complain) {
  const { parse } = await import("./yaml.cjs");
  let value;
  try {
    value = parse(text, { schema, uniqueKeys: true, maxAliasCount: 0, logLevel: "error" });
  } catch (error2) {
    complain(`is neither YAML nor JSON: ${oneLine(messageOf(error2), 160)}`);
    return {};
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value;
  complain("must be a map of keys to values");
  return {};
}
var MACHINE_NAME, ENTITY_NAME, LABEL, RESERVED, MOST_LABELS, TEXT_FIELDS, LINK_FIELDS, OUTPUT_WORDS;
var init_values = __esm({
  "src/inputs/values.ts"() {
    "use strict";
    init_dates();
    init_errors();
    init_secrets();
    init_text();
    init_table();
    MACHINE_NAME = {
      pattern: /^[0-9a-z.-]{1,120}$/u,
      says: '1 to 120 lower-case letters, digits, "." and "-"'
    };
    ENTITY_NAME = {
      pattern: /^(?:component:)?(?:[\w.-]{1,63}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/iu,
      says: '1 to 63 letters, digits, "-", "_" and ".", and begins and ends with a letter or digit; or such a name as component:default/name'
    };
    LABEL = /^[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/u;
    RESERVED = /^(?:kong|konnect|mesh|kic|_)/u;
    MOST_LABELS = 49;
    TEXT_FIELDS = /* @__PURE__ */ new Set(["owner", "cost_center", "product_manager"]);
    LINK_FIELDS = /* @__PURE__ */ new Set(["git_repo", "dashboard", "jira_project", "slack_channel"]);
    OUTPUT_WORDS = /* @__PURE__ */ new Set([
      ...OPERATIONS,
      ...TICKET_OPERATIONS,
      ...EXPIRY_SOURCES,
      ...AILMENTS
    ]);
  }
});

// src/repository-host.ts
function canonicalName(hostname) {
  const name = hostname.toLowerCase().replace(/\.$/u, "");
  return ALIASES.reduce((result, [alias, known]) => result.replace(alias, known), name);
}
function isPublic(hostname) {
  return /^(?:github\.com|.+\.ghe\.com|gitlab\.com|dev\.azure\.com)$/u.test(canonicalName(hostname));
}
function providerAt(hostname) {
  const name = canonicalName(hostname);
  if (name === "dev.azure.com") return "azure-devops";
  if (name === "github.com" || name.endsWith(".ghe.com")) return "github";
  if (name === "gitlab.com") return "gitlab";
  const [, kind] = /(?:^|\.)(github|gitlab)\.(?!com\b)/u.exec(name) ?? [];
  return kind;
}
function baseOf(url) {
  const name = canonicalName(url.hostname);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  if (isPublic(name) && !(isWeb && url.port)) return `https://${name}`;
  return isWeb ? `${url.protocol}//${url.host}` : `https://${name}`;
}
function sameHost(left, right) {
  const [one, other] = [readHost(left), readHost(right)];
  if (!one || !other || one.name !== other.name) return false;
  return one.port === void 0 || other.port === void 0 || one.port === other.port;
}
function readHost(text) {
  const [, scheme = "", authority = ""] = /^(?:([a-z][a-z\d+.-]*):\/\/)?([^/?#\\\s]*)/iu.exec(text.trim()) ?? [];
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const isWeb = /^https?$/iu.test(scheme);
  const tellsPort = isWeb || scheme === "" && /:\d+$/u.test(host);
  const address2 = `${isWeb ? scheme : "https"}://${tellsPort ? host : host.replace(/(?<=[^:]):[^:\]]*$/u, "")}`;
  if (!URL.canParse(address2)) return void 0;
  const { hostname, port } = new URL(address2);
  return { name: canonicalName(hostname), port: tellsPort ? port : void 0 };
}
var AZURE_DEVOPS, ALIASES;
var init_repository_host = __esm({
  "src/repository-host.ts"() {
    "use strict";
    AZURE_DEVOPS = "https://dev.azure.com";
    ALIASES = [
      // "Using SSH over the HTTPS port" of GitHub's documentation, and its REST API.
      [/^(?:www|ssh|api)\.(github\.com)$/u, "$1"],
      [/^api\.([^.]+\.ghe\.com)$/u, "$1"],
      // "Use SSH over the HTTPS port" of GitLab's documentation.
      [/^(?:www|altssh)\.(gitlab\.com)$/u, "$1"],
      // "Allowed domain URLs" of Azure DevOps: the names before 2018, and those of ssh.
      [/^(?:ssh\.dev\.azure\.com|[^.]+\.visualstudio\.com)$/u, "dev.azure.com"]
    ];
  }
});

// src/azure-address.ts
function azureRepository(url, path, bases) {
  const [version2, organization = "", project = "", name] = path;
  if (version2 === "v3" && url.protocol === "ssh:" && isCloud(url))
    return name ? repositoryAt({ organization, host: AZURE_DEVOPS }, project, name) : void 0;
  const marker = path.findIndex(isMarker);
  const [named2] = path.slice(marker + 1).filter((segment) => !/^_(?:optimized|full)$/u.test(segment));
  const place = marker < 0 ? void 0 : placeAt(url, path.slice(0, marker), bases);
  return named2 && place ? repositoryAt(place, place.rest[0] ?? named2, named2) : void 0;
}
function isMarker(segment) {
  return segment === "_git" || segment === "_ssh";
}
function parseOrganization(text) {
  const plain = text.replace(/\/+$/u, "");
  const isAddress = /^https?:\/\//iu.test(plain);
  const address2 = isAddress ? plain : `https://${plain}`;
  if (!URL.canParse(address2) || !(isAddress || isCloud(new URL(address2))))
    return /^$|[/\\?#:@\p{Cc}]/u.test(plain) ? void 0 : { organization: plain };
  const url = new URL(address2);
  const segments = segmentsOf(address2);
  if (isCloud(url)) return placeInCloud(url, segments);
  if (same("tfs", segments[0])) segments.splice(2);
  const organization = segments.pop();
  return organization ? { organization, host: [baseOf(url), ...segments].join("/") } : void 0;
}
function pipelineOwner({ organization, url, behind }) {
  return { provider: "azure-devops", organization, host: url, behind };
}
function isGuid(text) {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(text);
}
function segmentsOf(address2) {
  return new URL(address2).pathname.split("/").filter(Boolean).map(decoded2);
}
function repositoryAt({ organization, host }, project, name) {
  const ids = {
    ...isGuid(name) ? { id: name } : {},
    ...isGuid(project) ? { projectId: project } : {}
  };
  return { provider: "azure-devops", organization, project, name, host, ...ids };
}
function placeAt(url, path, bases) {
  if (isCloud(url)) return placeInCloud(url, path);
  const here = bases.filter((base2) => sameHost(base2, url.href));
  const base = [...here, ...bases].find((one) => isBelow(path, one));
  const depth = base ? segmentsOf(base).length : same("tfs", path[0]) ? 1 : 0;
  const [organization, ...rest] = path.slice(depth);
  const [known] = here;
  const origin = known ? new URL(known).origin : baseOf(url);
  return organization ? { organization, host: [origin, ...path.slice(0, depth)].join("/"), rest } : void 0;
}
function placeInCloud(url, path) {
  const hostname = url.hostname.toLowerCase();
  const [label = ""] = hostname.split(".");
  const [first = "", ...others] = path;
  const isOld = hostname.endsWith(".visualstudio.com");
  const organization = isOld ? label === "vs-ssh" ? decoded2(url.username) : label : first;
  const below2 = isOld ? path : others;
  const rest = same("defaultcollection", below2[0]) ? below2.slice(1) : below2;
  return organization ? { organization, host: AZURE_DEVOPS, rest } : void 0;
}
function isCloud(url) {
  return sameHost(url.href, AZURE_DEVOPS);
}
function isBelow(path, base) {
  const segments = segmentsOf(base);
  return segments.length > 0 && segments.every((segment, index) => same(segment, path[index]));
}
function same(a, b) {
  return a.toLowerCase() === b?.toLowerCase();
}
function decoded2(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
var init_azure_address = __esm({
  "src/azure-address.ts"() {
    "use strict";
    init_repository_host();
  }
});

// src/scm/pat.ts
function makingOf({ host, organization }) {
  return `Make a new PAT at ${host}/${encodeURIComponent(organization)}/_usersSettings/tokens: for the organization "${organization}" alone (Azure DevOps stops PATs for all organizations on 2026-12-01), with the scope Code: Read and no other, by an account that may read the repositories and does not leave with a person.`;
}
function otherThanPat(secret, others) {
  if (secret === others.catalogToken) return "the same secret as catalog-token";
  return otherThanCatalogToken(secret, others) ?? (isJwt(secret) ? "a token that expires within hours (a JSON Web Token, such as System.AccessToken)" : ofKonnect(secret));
}
function otherThanCatalogToken(secret, { jobToken, gitHubToken }) {
  if (secret === jobToken) return "the job's own token (System.AccessToken), which expires with the job";
  if (secret === gitHubToken || /^(?:gh[a-z]|github_pat)_/u.test(secret)) return "a token of GitHub";
  return /^gl[a-z]{2,10}-/u.test(secret) ? "a token of GitLab" : void 0;
}
function ofKonnect(secret) {
  return /^[ks]pat_/u.test(secret) ? "a token of Kong Konnect" : void 0;
}
function isJwt(secret) {
  const [, header = ""] = /^([\w=-]+)(?:\.[\w=-]*){2,4}$/u.exec(secret) ?? [];
  return /^\s*\{/u.test(Buffer.from(header, "base64url").toString());
}
function issueMonthOf(pat) {
  const [, year, month] = /^[A-Za-z0-9]{52}JQQJ99([A-Z])([A-L])[A-Za-z0-9]{12}AAAAAZDO[A-Za-z0-9]{4}$/u.exec(pat) ?? [];
  return year && month ? { year: 2024 + indexOf(year), month: 1 + indexOf(month) } : void 0;
}
function indexOf(letter) {
  return letter.charCodeAt(0) - "A".charCodeAt(0);
}
function patDigest(subject, pat) {
  return (0, import_node_crypto.createHmac)("sha256", pat).update(subject).digest("hex").slice(0, 40);
}
var import_node_crypto;
var init_pat = __esm({
  "src/scm/pat.ts"() {
    "use strict";
    import_node_crypto = require("node:crypto");
  }
});

// src/http/address.ts
function isLoopback(hostname) {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/u.test(hostname);
}
function isConfidential(url) {
  return url.startsWith("https:") || URL.canParse(url) && isLoopback(new URL(url).hostname);
}
var init_address = __esm({
  "src/http/address.ts"() {
    "use strict";
  }
});

// src/inputs/reader.ts
function inputReader(read3, problems) {
  const complainOf = (name2) => (problem) => problems.push(`${name2} ${problem}`);
  const text = (name2) => read3(name2).trim() || void 0;
  const value = (name2) => text(name2) ?? row(name2).default;
  function choice(name2) {
    const given = value(name2);
    if (given !== void 0 && !row(name2).choices?.includes(given))
      complainOf(name2)(`is "${oneLine(given, 80)}"; it can be ${row(name2).choices?.join(", ")}`);
    return given;
  }
  function list(name2) {
    const given = (value(name2) ?? "").split(/[,\r\n]/u).map((item) => item.trim());
    return [...new Set(given.filter(Boolean))];
  }
  function choices(name2) {
    const given = list(name2);
    for (const item of given.filter((one) => !row(name2).choices?.includes(one)))
      complainOf(name2)(`has "${oneLine(item, 80)}"; it can have ${row(name2).choices?.join(", ")}`);
    return given;
  }
  function day2(name2) {
    const given = text(name2);
    const parsed = given && parseDay(given);
    if (given && !parsed)
      complainOf(name2)(`is "${oneLine(given, 80)}"; it must be a day as YYYY-MM-DD, like 2027-03-31`);
    return parsed || void 0;
  }
  function boolean2(name2) {
    const parsed = parseBoolean(value(name2) ?? "");
    if (parsed === void 0) complainOf(name2)(`is "${oneLine(read3(name2), 80)}"; it can be true or false`);
    return parsed ?? false;
  }
  function whole(name2, least, most, unit) {
    const given = value(name2) ?? "";
    if (!/^\d{1,5}$/u.test(given) || Number(given) < least || Number(given) > most)
      complainOf(name2)(`is "${oneLine(given, 80)}"; it must be a number of ${unit} from ${least} to ${most}`);
    return Number(given);
  }
  function limited(name2, longest) {
    const given = text(name2);
    if (given && given.length > longest)
      complainOf(name2)(`has ${given.length} characters; the catalog takes at most ${longest}`);
    return given;
  }
  function name(input, form) {
    const given = text(input);
    if (given && !form.pattern.test(given))
      complainOf(input)(`is "${oneLine(given, 130)}"; a name is ${form.says}`);
    return given;
  }
  function url(name2) {
    const given = text(name2);
    if (given === void 0) return void 0;
    const parsed = /^https?:\/\/(?!\/)[^\s\p{C}\\?#@]+$/iu.test(given) && URL.canParse(given) ? new URL(given) : void 0;
    if (!parsed || !isConfidential(parsed.href)) {
      complainOf(name2)("must be an https URL without user, query and fragment (plain http only to loopback)");
      return void 0;
    }
    return parsed.href.replace(/\/+$/u, "");
  }
  function filePath(name2) {
    const given = value(name2) ?? "";
    const path = given.startsWith("/") ? given : `/${given}`;
    if (path.endsWith("/") || /[\\\p{Cc}?]|\/\.{0,2}(?:\/|$)/u.test(path))
      complainOf(name2)(
        `is "${oneLine(given, 80)}"; it must be the path of a file from the root of the repository`
      );
    return path;
  }
  function secret(name2) {
    const given = text(name2);
    if (given && /[^\x21-\x7e]/u.test(given))
      complainOf(name2)("contains spaces, line breaks or other characters that no token has");
    else if (given && !couldBeToken(given))
      complainOf(name2)(
        `is no token: a token has at least ${SHORTEST_SECRET} characters, and is no ordinary word. Check the secret that it is set to`
      );
    return given;
  }
  return {
    complainOf,
    text,
    value,
    choice,
    choices,
    list,
    day: day2,
    boolean: boolean2,
    whole,
    limited,
    name,
    url,
    filePath,
    secret
  };
}
function row(name) {
  return rows.get(name);
}
var rows;
var init_reader = __esm({
  "src/inputs/reader.ts"() {
    "use strict";
    init_dates();
    init_address();
    init_secrets();
    init_text();
    init_table();
    init_values();
    rows = new Map(INPUTS.map((entry) => [entry.name, entry]));
  }
});

// src/inputs/parse.ts
async function parseInputs(read3, jobToken) {
  const problems = [];
  const {
    boolean: boolean2,
    choice,
    choices,
    complainOf,
    day: day2,
    filePath,
    limited,
    list,
    name,
    secret,
    text,
    url,
    value,
    whole
  } = inputReader(read3, problems);
  const resourceId = text("resource-id");
  if (resourceId && !/^[\w-]{16}$/u.test(resourceId))
    complainOf("resource-id")(`is "${oneLine(resourceId, 80)}"; an ID has 16 letters, digits, "-" and "_"`);
  const region = choice("catalog-region");
  boolean2("summary");
  const catalog = choice("catalog");
  const entity = choice("entity");
  if (entity === "push" && catalog !== "roadie") complainOf("entity")("is push, which only Roadie can take");
  const labels2 = text("service-labels");
  const customFields = text("service-custom-fields");
  const inputs = {
    command: choice("command"),
    timeout: whole("timeout-minutes", 1, 1440, "minutes") * 6e4,
    catalogToken: secret("catalog-token") ?? missingToken(),
    catalog,
    catalogUrl: url("catalog-url")?.replace(/\/(?:v1|api|api\/catalog)$/u, "") ?? catalogUrl(),
    catalogFile: filePath("catalog-file"),
    entity,
    failOnPending: boolean2("fail-on-pending"),
    repository: text("repository"),
    ...azureDevOps2(),
    integration: choice("integration"),
    integrationName: name("integration-name", MACHINE_NAME),
    integrationDisplayName: limited("integration-display-name", 120),
    azureDevOpsPat: secret("azure-devops-pat"),
    rotateCredential: choice("rotate-credential"),
    patExpiresOn: day2("pat-expires-on"),
    serviceName: name("service-name", catalog === "konnect" ? MACHINE_NAME : ENTITY_NAME),
    serviceDisplayName: limited("service-display-name", 120),
    serviceDescription: limited("service-description", 2048),
    serviceLabels: labels2 ? await parseLabels(labels2, complainOf("service-labels")) : {},
    serviceCustomFields: customFields ? await parseCustomFields(customFields, complainOf("service-custom-fields")) : {},
    resourceId,
    waitTimeout: whole("wait-timeout", 0, 86400, "seconds") * 1e3,
    mapBeforeDiscovery: boolean2("map-before-discovery"),
    remindWithin: whole("remind-within-days", 1, 366, "days"),
    failOn: choices("fail-on"),
    ticket: boolean2("ticket"),
    ticketAssignees: list("ticket-assignees"),
    ticketLabels: list("ticket-labels"),
    workItemType: value("work-item-type") ?? "",
    gitHubToken: secret("github-token")
  };
  checkSecrets(inputs);
  if (problems.length > 0)
    throw new Failure(`The inputs cannot be used:
${bullets(problems)}`, "Nothing was sent.");
  return inputs;
  function azureDevOps2() {
    const given = text("azure-devops-organization");
    const named2 = given === void 0 ? void 0 : parseOrganization(given);
    if (given !== void 0 && !named2)
      complainOf("azure-devops-organization")(
        `must be the name of an organization, or its address, like ${AZURE_DEVOPS}/acme`
      );
    const base = url("azure-devops-url");
    if (base === void 0 || !sameHost(base, AZURE_DEVOPS))
      return { azureDevOpsOrganization: named2?.organization, azureDevOpsUrl: base ?? named2?.host };
    const { organization } = named2 ?? parseOrganization(base) ?? {};
    return { azureDevOpsOrganization: organization, azureDevOpsUrl: AZURE_DEVOPS };
  }
  function checkSecrets({ azureDevOpsPat: pat, catalogToken, gitHubToken }) {
    const others = { jobToken, catalogToken, gitHubToken };
    const notPat = pat && otherThanPat(pat, others);
    if (notPat)
      complainOf("azure-devops-pat")(
        `is ${notPat}. Create a personal access token in Azure DevOps with the scope Code: Read, and use that`
      );
    const notToken = otherThanCatalogToken(catalogToken, others);
    if (notToken) complainOf("catalog-token")(`is ${notToken}. Use the token of the catalog`);
  }
  function catalogUrl() {
    if (catalog === "backstage" && !text("catalog-url"))
      complainOf("catalog-url")("is empty; set it to the address of your Backstage");
    return catalog === "roadie" ? "https://api.roadie.so" : `https://${region}.api.konghq.com`;
  }
  function missingToken() {
    complainOf("catalog-token")(
      `is empty. Give it the secret that holds the catalog's token. Usual mistakes: the secret has another name, or does not exist for this repository, environment or variable group; a reusable workflow was called without "secrets: inherit"; the pipeline has no access to the variable group`
    );
    return "";
  }
}
var init_parse = __esm({
  "src/inputs/parse.ts"() {
    "use strict";
    init_azure_address();
    init_errors();
    init_repository_host();
    init_pat();
    init_text();
    init_reader();
    init_values();
  }
});

// src/repository-url.ts
function parseRepositoryUrl(text, provider, known = []) {
  const url = urlOf(text, known);
  if (!url) return void 0;
  const segments = url.pathname.split("/").filter(Boolean).map(decode);
  if (segments.some(
    (segment) => segment === void 0 || segment === "." || segment === ".." || /[/\\\p{Cc}]/u.test(segment)
  ))
    return void 0;
  const path = segments;
  const kind = providerAt(url.hostname) ?? (path.some(isMarker) ? "azure-devops" : knownAt(url, known)?.provider ?? provider);
  const ofKind = known.filter((one) => one.provider === kind);
  const bases = ofKind.map(({ host }) => host);
  if (kind === "azure-devops") return azureRepository(url, path, bases);
  const base = knownAt(url, ofKind)?.host ?? baseOf(url);
  if (kind === "github") return gitHub(url, path, base);
  if (kind === "gitlab") return gitLab(path, base);
  return void 0;
}
function addressedHost(text, known = []) {
  const url = urlOf(text, known);
  return url && { name: url.host, provider: providerAt(url.hostname) ?? knownAt(url, known)?.provider };
}
function knownAt(url, known) {
  return known.find(({ host }) => sameHost(host, url.href));
}
function urlOf(text, known) {
  const source = withScheme(text.trim(), known);
  if (!/^(?:https?|ssh|git):\/\//iu.test(source)) return void 0;
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/iu.test(source.split(/[?#]/u)[0] ?? "")) return void 0;
  return URL.canParse(source) ? new URL(source) : void 0;
}
function withScheme(text, known) {
  if (/^[a-z+]+:\/\//iu.test(text)) return text;
  const scp = /^([^@/\s]+@)?([\w.-]+):(?!\/\/)(?!\d+\/)(.+)$/u.exec(text);
  if (scp) return `ssh://${scp[1] ?? ""}${scp[2]}/${scp[3]}`;
  const [, host = ""] = /^(?:[^@/\s]+@)?([\w-]+(?:\.[\w-]+)+(?::\d+)?)\/./u.exec(text) ?? [];
  const isKnown = providerAt(host.split(":")[0] ?? "") !== void 0 || known.some((one) => sameHost(one.host, host));
  return isKnown ? `https://${text}` : text;
}
function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return void 0;
  }
}
function gitHub(url, path, host) {
  const isApi = /^api\./iu.test(url.hostname) || /^api\/v\d\//iu.test(path.join("/"));
  const [organization, name] = isApi ? below(path, "repos") : path;
  if (!organization || !name || PAGES_OF_GITHUB.test(organization)) return void 0;
  return { provider: "github", organization, name: withoutGit(name), host };
}
function below(path, part) {
  return path.includes(part) ? path.slice(path.indexOf(part) + 1) : [];
}
function gitLab(path, host) {
  const end = path.indexOf("-");
  const parts = end < 0 ? path : path.slice(0, end);
  const [first = "", ...rest] = parts;
  const name = parts.at(-1);
  if (rest.length === 0 || !name || PAGES_OF_GITLAB.test(first)) return void 0;
  return { provider: "gitlab", organization: parts.slice(0, -1).join("/"), name: withoutGit(name), host };
}
function withoutGit(name) {
  return name.replace(/(.)\.git$/iu, "$1");
}
var PAGES_OF_GITHUB, PAGES_OF_GITLAB;
var init_repository_url = __esm({
  "src/repository-url.ts"() {
    "use strict";
    init_azure_address();
    init_repository_host();
    PAGES_OF_GITHUB = /^(?:apps|collections|enterprises|features|login|marketplace|notifications|organizations|orgs|search|settings|sponsors|topics|users)$/iu;
    PAGES_OF_GITLAB = /^(?:-|admin|api|dashboard|explore|groups|help|search|users)$/iu;
  }
});

// src/repository.ts
function fullName(repository) {
  return [repository.organization, repository.project, repository.name].filter(Boolean).join("/");
}
function trueHost({ host, behind }) {
  return behind ?? host;
}
function samePath(a, b) {
  return a.provider === b.provider && sameHost(trueHost(a), trueHost(b)) && fullName(a).toLowerCase() === fullName(b).toLowerCase();
}
function parseRepository(text, given) {
  const byUrl = parseRepositoryUrl(text, given.integration, given.known);
  if (byUrl) return byUrl;
  const { provider, organization } = given;
  const parts = /^[a-z+]+:|@/iu.test(text) ? [] : text.split("/").map((part) => part.trim());
  const [first = "", second = "", third] = parts;
  const wellFormed = parts.every(
    (part) => part !== "" && part !== "." && part !== ".." && !/[\\\p{Cc}]/u.test(part)
  );
  if (!wellFormed) throw unreadable(text, given);
  if (provider === "azure-devops") {
    const host = given.host ?? AZURE_DEVOPS;
    const isOrganization = !first.includes(".") || !sameHost(host, AZURE_DEVOPS);
    if (parts.length === 3 && third && isOrganization)
      return repositoryAt({ organization: first, host }, second, third);
    if (parts.length === 2 && organization) return repositoryAt({ organization, host }, first, second);
    if (parts.length === 2)
      throw new Failure(
        `The repository "${shown(text)}" does not say which organization it is in.`,
        "Set azure-devops-organization, or write organization/project/repository."
      );
  }
  if (provider === "github" && parts.length === 2)
    return { provider, organization: first, name: second, host: given.host ?? "https://github.com" };
  if (provider === "gitlab" && parts.length >= 2) {
    const host = given.host ?? "https://gitlab.com";
    return { provider, organization: parts.slice(0, -1).join("/"), name: parts.at(-1) ?? "", host };
  }
  throw unreadable(text, given);
}
function unreadable(text, { provider, known = [] }) {
  const isWithoutScheme = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?\/[^/]+\/./u.test(text);
  const address2 = addressedHost(isWithoutScheme ? `https://${text}` : text, known);
  const host = address2 && oneLine(address2.name, 120);
  return new Failure(`The repository "${shown(text)}" cannot be read.`, cure());
  function cure() {
    if (address2?.provider)
      return `This is an address on ${host}, but not of a repository. Use the clone or web URL of the repository.`;
    if (address2)
      return `Its host, ${host}, is not known to be Azure DevOps, GitHub or GitLab. If it is one of them under another name, set integration.`;
    return provider ? "Write organization/project/repository, owner/name, or its clone or web URL." : "Write its clone or web URL, or set integration to azure-devops, github or gitlab.";
  }
}
function shown(text) {
  return oneLine(text.replace(/^([a-z+]+:\/\/)?[^/]*@/iu, "$1").replace(/[?#].*$/su, ""));
}
var PROVIDERS;
var init_repository = __esm({
  "src/repository.ts"() {
    "use strict";
    init_azure_address();
    init_errors();
    init_repository_host();
    init_repository_url();
    init_text();
    PROVIDERS = ["azure-devops", "github", "gitlab"];
  }
});

// src/clock.ts
function until(signal, clock) {
  return { ...clock, sleep: (milliseconds) => clock.sleep(milliseconds, signal) };
}
function abortWith(...signals) {
  const controller = new AbortController();
  const listeners = signals.map((signal) => {
    const listener = () => controller.abort(signal.reason);
    if (signal.aborted) listener();
    signal.addEventListener("abort", listener);
    return () => signal.removeEventListener("abort", listener);
  });
  return Object.assign(controller, {
    release() {
      for (const remove2 of listeners) remove2();
    }
  });
}
var import_promises, systemClock;
var init_clock = __esm({
  "src/clock.ts"() {
    "use strict";
    import_promises = require("node:timers/promises");
    systemClock = {
      now: Date.now,
      sleep: (milliseconds, signal) => (0, import_promises.setTimeout)(milliseconds, void 0, signal && { signal }).catch((error2) => {
        throw signal?.reason ?? error2;
      }),
      after(milliseconds, callback) {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      }
    };
  }
});

// src/http/no-answer.ts
function faultOf(error2) {
  const { code: given, name, message = "" } = error2;
  const code = String(given ?? name ?? "ERROR");
  const reason = given === void 0 ? message : `${code} ${message}`;
  if (name === "TimeoutError")
    return {
      code: "timeout",
      reason: message,
      maybeProcessed: true,
      passing: true,
      cure: "Run the step again; if it goes on, check the status of the service and of the proxy."
    };
  if (code === TOO_LARGE)
    return {
      code,
      reason,
      maybeProcessed: true,
      passing: false,
      cure: "Check that the address is the API of the catalog."
    };
  if (CERTIFICATE.test(code))
    return {
      code,
      reason,
      maybeProcessed: false,
      passing: false,
      cure: "The certificate is not trusted here. Set NODE_EXTRA_CA_CERTS, on the runner, to the PEM file of your CA."
    };
  if (code === PROXY_FAILED)
    return {
      code,
      reason: message,
      maybeProcessed: false,
      passing: !/status 4/u.test(message),
      cure: "Check the address, user and password in HTTPS_PROXY, and whether the proxy allows this host."
    };
  return {
    code,
    reason,
    maybeProcessed: !NEVER_SENT.test(code),
    passing: true,
    cure: "Check the address, the network, and HTTPS_PROXY and NO_PROXY on the runner."
  };
}
var TOO_LARGE, PROXY_FAILED, NoAnswer, NEVER_SENT, CERTIFICATE;
var init_no_answer = __esm({
  "src/http/no-answer.ts"() {
    "use strict";
    init_errors();
    init_text();
    TOO_LARGE = "TOO_LARGE";
    PROXY_FAILED = "PROXY_FAILED";
    NoAnswer = class extends Failure {
      name = "NoAnswer";
      /** What kind of fault, e.g. `ECONNRESET`. */
      code;
      /** Whether the server may have acted on the request all the same. */
      maybeProcessed;
      /** Whether the fault may go away by itself. */
      passing;
      /** @param error what the connection, or reading the answer, ended with */
      constructor(request, error2) {
        const fault = faultOf(error2);
        super(
          `${request.method} ${request.url.origin}${request.url.pathname} got no answer: ${oneLine(fault.reason)}.`,
          fault.cure
        );
        this.code = fault.code;
        this.maybeProcessed = request.method !== "GET" && !request.reads && fault.maybeProcessed;
        this.passing = fault.passing;
      }
    };
    NEVER_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/u;
    CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/u;
  }
});

// src/http/retry.ts
function pauseBefore(attempt, request, result, now) {
  if (attempt > ATTEMPTS || !mayRepeat(request, result)) return void 0;
  const asked = "headers" in result ? pauseAsked(result, now) : void 0;
  if (asked !== void 0 && asked > LONGEST_PAUSE) return void 0;
  const backOff = FIRST_PAUSE * 2 ** (attempt - 2) * (0.5 + Math.random() / 2);
  return Math.max(asked ?? 0, backOff);
}
function mayRepeat(request, result) {
  if (!("headers" in result)) return result.passing && !result.maybeProcessed;
  return isThrottled(result) || isRead(request) && PASSING.has(result.status);
}
function isRead({ method, reads }) {
  return method === "GET" || reads === true;
}
function isThrottled(response) {
  if (response.status === 429) return true;
  return response.status === 403 && (response.headers["retry-after"] !== void 0 || response.headers["x-ratelimit-remaining"] === "0");
}
function pauseAsked({ status, headers }, now) {
  const asked = retryAfter(headers["retry-after"], now);
  if (asked !== void 0 || status < 400 || headers["x-ratelimit-remaining"] !== "0") return asked;
  const reset = Number(headers["x-ratelimit-reset"]);
  return Number.isFinite(reset) ? Math.max(0, reset * 1e3 - now) : void 0;
}
function retryAfter(header, now) {
  const value = [header].flat()[0]?.trim();
  if (!value) return void 0;
  if (/^\d+(?:\.\d+)?$/u.test(value)) return Number(value) * 1e3;
  const date = /[a-z]/iu.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? void 0 : Math.max(0, date - now);
}
var ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, PASSING;
var init_retry = __esm({
  "src/http/retry.ts"() {
    "use strict";
    ATTEMPTS = 5;
    FIRST_PAUSE = 500;
    LONGEST_PAUSE = 6e4;
    PASSING = /* @__PURE__ */ new Set([408, 429, 500, 502, 503, 504]);
  }
});

// src/http/tunnel.ts
function tunnelThrough(proxy, tls, closing) {
  const connect4 = (0, import_undici.buildConnector)({ ...tls, timeout: TIMEOUT });
  return (options, callback) => {
    openTunnel(
      proxy,
      tls,
      closing,
      `${options.hostname}:${options.port || (options.protocol === "https:" ? 443 : 80)}`
    ).then(
      (socket) => options.protocol === "https:" ? connect4({ ...options, httpSocket: socket }, callback) : callback(null, socket),
      (error2) => callback(error2, null)
    );
  };
}
async function openTunnel(proxy, tls, closing, target) {
  const { request } = proxy.protocol === "https:" ? await import("node:https") : await import("node:http");
  const credentials = [proxy.username, proxy.password].map(decodeURIComponent).join(":");
  const authorization = { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
  return new Promise((resolve, reject) => {
    const failed = (why) => reject(Object.assign(new Error(`the proxy ${proxy.host} ${why}`), { code: PROXY_FAILED }));
    const asking = request({
      ...tls,
      host: proxy.hostname.replace(/^\[|\]$/gu, ""),
      port: proxy.port || void 0,
      method: "CONNECT",
      path: target,
      agent: false,
      signal: closing,
      timeout: TIMEOUT,
      headers: { host: target, ...credentials === ":" ? {} : authorization }
    });
    asking.on("connect", ({ statusCode }, socket) => {
      if (statusCode && statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      failed(`refused to connect to ${target}: status ${statusCode}`);
    });
    asking.on("timeout", () => asking.destroy(new Error("said nothing")));
    asking.on("error", ({ message }) => failed(`could not be used: ${message}`));
    asking.end();
  });
}
var import_undici, TIMEOUT;
var init_tunnel = __esm({
  "src/http/tunnel.ts"() {
    "use strict";
    init_no_answer();
    import_undici = require("./undici.cjs");
    TIMEOUT = 15e3;
  }
});

// src/http/transport.ts
var transport_exports = {};
__export(transport_exports, {
  createTransport: () => createTransport
});
function createTransport(network, closing) {
  const dispatchers = /* @__PURE__ */ new Map();
  const tls = trusted(network.certificateFiles ?? []);
  function dispatcherFor(url) {
    const proxy = network.proxyFor(url);
    let dispatcher = dispatchers.get(proxy);
    if (!dispatcher) {
      dispatcher = new import_undici2.Agent({ connect: proxy ? tunnelThrough(proxyUrl(proxy), tls, closing) : tls });
      dispatchers.set(proxy, dispatcher);
    }
    return dispatcher;
  }
  return {
    async exchange({ url, largestBody, body, ...options }) {
      const response = await dispatcherFor(url).request({
        ...options,
        origin: url.origin,
        path: url.pathname + url.search,
        body: body ?? null
      });
      const text = await read(response.body, largestBody);
      return { status: response.statusCode, headers: response.headers, text };
    },
    async close() {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    }
  };
}
function trusted(files) {
  if (files.length === 0) return {};
  try {
    return { ca: [...import_node_tls.rootCertificates, ...files.map((file) => (0, import_node_fs.readFileSync)(file, "utf8"))] };
  } catch (error2) {
    throw new Failure(
      `A file of certificates cannot be read: ${oneLine(messageOf(error2))}.`,
      "Correct NODE_EXTRA_CA_CERTS, or the CA file that the agent was configured with (agent.cainfo)."
    );
  }
}
function proxyUrl(proxy) {
  const url = URL.canParse(proxy) ? new URL(proxy) : void 0;
  if (url && /^https?:$/u.test(url.protocol) && !/%(?![0-9a-f]{2})/iu.test(url.username + url.password))
    return url;
  throw new Failure(
    `The proxy for this host is not one that can be used${url ? ` (${url.protocol}//${url.host})` : ""}.`,
    "HTTPS_PROXY and HTTP_PROXY (or the proxy of the agent) must be like http://user:password@host:port, with other characters of user and password percent-encoded."
  );
}
async function read(body, largest) {
  const chunks = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > largest)
      throw Object.assign(new Error(`the answer is larger than ${largest} bytes`), { code: TOO_LARGE });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
var import_node_fs, import_node_tls, import_undici2;
var init_transport = __esm({
  "src/http/transport.ts"() {
    "use strict";
    import_node_fs = require("node:fs");
    import_node_tls = require("node:tls");
    init_errors();
    init_text();
    init_no_answer();
    init_tunnel();
    import_undici2 = require("./undici.cjs");
  }
});

// src/http/http.ts
function createHttp(options) {
  const { clock, lifetime, grace } = options;
  let loading;
  const transport = () => {
    loading ??= Promise.resolve().then(() => (init_transport(), transport_exports)).then(
      (module2) => module2.createTransport(options.network, closing.signal)
    );
    return loading;
  };
  const closing = new AbortController();
  const ended = abortWith(closing.signal, lifetime);
  const over = abortWith(closing.signal, ...grace ? [grace.over] : []);
  const endOfWaits = ({ critical }) => critical === true ? over.signal : ended.signal;
  const endOfTry = ({ critical }) => critical === "last" ? closing.signal : critical ? over.signal : ended.signal;
  const notBefore = /* @__PURE__ */ new Map();
  const refusals = /* @__PURE__ */ new Map();
  const waitFor = (origin) => (notBefore.get(origin) ?? 0) - clock.now();
  const holdBack = (origin, pause) => notBefore.set(origin, Math.max(notBefore.get(origin) ?? 0, clock.now() + pause));
  async function once(request) {
    const headers = { "user-agent": options.userAgent, accept: "application/json" };
    if (request.body !== void 0) headers["content-type"] = "application/json";
    const ending = abortWith(endOfTry(request));
    const limits = [];
    const limit = (milliseconds) => limits.push(clock.after(milliseconds, () => ending.abort(nothingWithin(milliseconds))));
    const hurry = () => grace && limit(Math.min(TIMEOUT2, grace.patience()));
    limit(request.critical === "last" ? LAST_TIMEOUT : TIMEOUT2);
    if (request.critical !== "last") {
      if (lifetime.aborted) hurry();
      else lifetime.addEventListener("abort", hurry);
    }
    try {
      const answer = (await transport()).exchange({
        method: request.method,
        url: request.url,
        headers: { ...headers, ...request.headers },
        body: request.body === void 0 ? void 0 : JSON.stringify(request.body),
        signal: ending.signal,
        largestBody: LARGEST_BODY
      });
      return await Promise.race([answer, rejectedBy(ending.signal)]);
    } catch (error2) {
      endOfTry(request).throwIfAborted();
      if (error2 instanceof Failure) throw error2;
      return new NoAnswer(request, error2);
    } finally {
      lifetime.removeEventListener("abort", hurry);
      for (const cancel of limits) cancel();
      ending.release();
    }
  }
  async function attempt(request) {
    if (request.critical !== "last") {
      const { origin } = request.url;
      for (let wait2 = waitFor(origin); wait2 > 0; wait2 = waitFor(origin))
        await clock.sleep(wait2, endOfWaits(request));
      endOfWaits(request).throwIfAborted();
    }
    request.before?.();
    return once(request);
  }
  function heed(request, answer) {
    const asked = pauseAsked(answer, clock.now());
    if (asked === void 0) return;
    if (asked <= LONGEST_PAUSE || answer.status < 400)
      holdBack(request.url.origin, Math.min(asked, LONGEST_PAUSE));
    else if (!isRead(request)) refusals.set(keyOf(request), { until: clock.now() + asked, answer });
  }
  return {
    async send(request) {
      const refusal = refusals.get(keyOf(request));
      if (refusal && clock.now() < refusal.until) return refusal.answer;
      for (let tries = 1; ; tries++) {
        const result = await attempt(request);
        const pause = request.critical === "last" ? void 0 : pauseBefore(tries + 1, request, result, clock.now());
        if (pause === void 0) {
          if (result instanceof NoAnswer) throw result;
          heed(request, result);
          return result;
        }
        const why = result instanceof NoAnswer ? result.code : `status ${result.status}`;
        const seconds2 = Math.round(pause / 100) / 10;
        options.log(`${request.method} ${request.url.pathname}: ${why}; trying again in ${seconds2} s`);
        if ("headers" in result && (isThrottled(result) || result.headers["retry-after"]))
          holdBack(request.url.origin, pause);
        else await clock.sleep(pause, endOfWaits(request));
      }
    },
    async close() {
      closing.abort();
      ended.release();
      over.release();
      await loading?.then(
        ({ close }) => close(),
        () => {
        }
      );
    }
  };
}
function nothingWithin(milliseconds) {
  return new DOMException(`nothing came back within ${milliseconds / 1e3} seconds`, "TimeoutError");
}
function keyOf({ method, url }) {
  return `${method} ${url.href}`;
}
function rejectedBy(signal) {
  return new Promise(
    (_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}
var TIMEOUT2, LAST_TIMEOUT, LARGEST_BODY;
var init_http = __esm({
  "src/http/http.ts"() {
    "use strict";
    init_clock();
    init_errors();
    init_no_answer();
    init_retry();
    TIMEOUT2 = 3e4;
    LAST_TIMEOUT = 1e3;
    LARGEST_BODY = 20 * 1024 * 1024;
  }
});

// src/lifetime.ts
function createLifetime(clock, cancelled, timeout, grace) {
  const ending = abortWith(cancelled);
  const over = new AbortController();
  const timers = [];
  const endIn = (milliseconds) => timers.push(clock.after(milliseconds, () => over.abort(ending.signal.reason)));
  const hurry = () => endIn(grace);
  timers.push(
    clock.after(timeout, () => {
      ending.abort(new Failure(`The run took longer than ${timeout / 6e4} min (timeout-minutes).`));
      endIn(AFTER_DEADLINE);
    })
  );
  if (cancelled.aborted) hurry();
  else cancelled.addEventListener("abort", hurry);
  return {
    ending: ending.signal,
    over: over.signal,
    // Time enough for a second try.
    patience: () => (cancelled.aborted ? grace : AFTER_DEADLINE) / 2,
    release() {
      cancelled.removeEventListener("abort", hurry);
      ending.release();
      for (const stop of timers) stop();
    }
  };
}
var AFTER_DEADLINE;
var init_lifetime = __esm({
  "src/lifetime.ts"() {
    "use strict";
    init_clock();
    init_errors();
    AFTER_DEADLINE = 12e4;
  }
});

// src/reminder/expiry.ts
function expiryOf(facts, {
  patExpiresOn,
  azureDevOpsPat: pat
}, today) {
  if (!facts.credential) return void 0;
  const known = [
    // What is said of another PAT says nothing of this credential, nor of one for another host.
    ["input", facts.fromPat === false || facts.owner.provider !== "azure-devops" ? void 0 : patExpiresOn],
    ["catalog", facts.expiresOn],
    ["recorded", facts.recorded]
  ];
  for (const [source, on] of known) if (on) return expiry(on, source, false);
  if (facts.owner.provider !== "azure-devops") return void 0;
  const issued = pat && facts.fromPat !== false ? issueMonthOf(pat) : void 0;
  const fromToken = issued && lastDayOf(issued.year + 1, issued.month);
  const fromCatalog = facts.storedOn && aYearAfter(facts.storedOn);
  if (fromToken && !(fromCatalog && fromCatalog < fromToken))
    return expiry(fromToken, "token-issue-month", true);
  return fromCatalog ? expiry(fromCatalog, "created-at", true) : void 0;
  function expiry(on, source, atMost) {
    return { on, source, daysLeft: daysFrom(today, on), atMost };
  }
}
var init_expiry = __esm({
  "src/reminder/expiry.ts"() {
    "use strict";
    init_dates();
    init_pat();
  }
});

// src/reminder/wording.ts
function daysLeft(days) {
  if (days === 0) return "this is its last day";
  return days === 1 ? "1 day is left" : `${days} days are left`;
}
function howKnown({ source }) {
  return {
    input: "by pat-expires-on",
    catalog: "by the catalog",
    recorded: "recorded when it was registered",
    "token-issue-month": "an upper bound: the token was issued in the same month a year before, and lives a year at most",
    "created-at": "an upper bound: a year after the catalog stored it, which is as long as a PAT lives"
  }[source];
}
var init_wording = __esm({
  "src/reminder/wording.ts"() {
    "use strict";
  }
});

// src/reminder/verdict.ts
function judge(facts, trial, given, today) {
  const expiry = expiryOf(facts, given, today);
  const asides = asidesOf(facts, trial, given, today);
  const tried = facts.fromPat === false || facts.inUse ? void 0 : trial;
  const works = facts.inUse || tried?.result === "works" && facts.fromPat === true;
  const unproven = facts.status === "unknown" && !works;
  const over = expiry !== void 0 && expiry.daysLeft < 0;
  const verdict = (status, message, cure) => ({
    status,
    expiry,
    message,
    cure,
    asides,
    // Without a PAT, what the catalog says is all that can be had.
    works: works || !unproven && facts.owner.provider !== "azure-devops"
  });
  const asCatalogSays = () => verdict(facts.status, facts.advice?.problem ?? "", facts.advice?.cure);
  if (facts.status === "expired" || facts.status === "tainted" || facts.status === "missing")
    return asCatalogSays();
  const what = facts.subject;
  if (tried?.result === "expired" || tried?.result === "refused")
    return verdict(
      tried.result === "expired" ? "expired" : "tainted",
      facts.fromPat ? `${what} does not work any more${facts.status === "valid" ? ", although the catalog has not noticed yet" : ""}. ${tried.why}` : `The azure-devops-pat that is given, which may be the one of the catalog, does not work. ${tried.why}`,
      facts.renewal.join(" ")
    );
  if (facts.status === "unauthorized" && (works || !over)) return asCatalogSays();
  const note2 = noteOn(facts, tried, works);
  const unlessUnproven = (message) => unproven ? asCatalogSays() : verdict("valid", message);
  if (!expiry)
    return unlessUnproven(
      `${what} works${works ? " today" : ", as far as is known"}; its last day is not known.${works ? "" : note2}`
    );
  const until2 = `${expiry.on}${expiry.atMost ? " at the latest" : ""}`;
  if (over && works)
    return verdict(
      "expiring",
      `${what} should have ended on ${until2} (${howKnown(expiry)}), but ${facts.inUse ? "the catalog reads with it" : "Azure DevOps accepts it"} today.`,
      "Somebody prolonged it, or the day is wrong. Set pat-expires-on to its true last day."
    );
  if (over)
    return verdict(
      "expired",
      `${what} ended on ${until2}${expiry.atMost ? ", unless somebody prolonged it" : ""} (${howKnown(expiry)}).${note2}`,
      facts.renewal.join(" ")
    );
  if (expiry.daysLeft <= given.remindWithin)
    return verdict(
      "expiring",
      `${what} ends on ${until2}: ${daysLeft(expiry.daysLeft)} (${howKnown(expiry)}).${note2}`,
      facts.renewal.join(" ")
    );
  const hint = expiry.atMost ? " Set pat-expires-on to its true last day, to be reminded in time." : "";
  return unlessUnproven(
    `${what} is valid until ${until2}: ${daysLeft(expiry.daysLeft)} (${howKnown(expiry)}).${note2}${hint}`
  );
}
function noteOn({ status, advice, owner, fromPat, inUse }, tried, works) {
  if (inUse) return " The catalog reads with it today.";
  if (works) return " Azure DevOps accepts it today.";
  if (status === "unknown" && advice) return ` ${advice.problem}`;
  if (owner.provider !== "azure-devops" || fromPat === false) return "";
  if (!tried) return " It was not tried: there is no azure-devops-pat.";
  return tried.result === "works" ? " The azure-devops-pat that is given works, but it is not known whether the credential was made from it." : ` Whether it works could not be tried: ${"why" in tried ? tried.why : ""}`;
}
function asidesOf(facts, trial, { patExpiresOn }, today) {
  const asides = [];
  if ((facts.fromPat === false || facts.inUse) && (trial?.result === "expired" || trial?.result === "refused"))
    asides.push(
      `The azure-devops-pat that is given does not work; the catalog uses another one. ${trial.why}`
    );
  if (facts.fromPat === false && trial?.result === "works")
    asides.push(
      `The azure-devops-pat that is given works, but the catalog still uses another one. To store it, ${facts.store}.`
    );
  if (patExpiresOn && facts.fromPat === void 0 && facts.recorded && facts.recorded !== patExpiresOn)
    asides.push(
      `pat-expires-on says ${patExpiresOn}, but ${facts.recorded} was recorded of the PAT that the catalog uses. If there is a new one, run command: register once; if the day was corrected, too.`
    );
  if (patExpiresOn && patExpiresOn > daysAfter(aYearAfter(today), 1))
    asides.push(
      `pat-expires-on (${patExpiresOn}) is more than a year ahead, but no PAT lives longer. Check it.`
    );
  return asides;
}
var init_verdict = __esm({
  "src/reminder/verdict.ts"() {
    "use strict";
    init_dates();
    init_expiry();
    init_wording();
  }
});

// node_modules/valibot/dist/index.mjs
// @__NO_SIDE_EFFECTS__
function getGlobalConfig(config$1) {
  if (!config$1 && !store$4) return DEFAULT_CONFIG;
  return {
    lang: config$1?.lang ?? store$4?.lang,
    message: config$1?.message,
    abortEarly: config$1?.abortEarly ?? store$4?.abortEarly,
    abortPipeEarly: config$1?.abortPipeEarly ?? store$4?.abortPipeEarly
  };
}
// @__NO_SIDE_EFFECTS__
function getGlobalMessage(lang) {
  return store$3?.get(lang);
}
// @__NO_SIDE_EFFECTS__
function getSchemaMessage(lang) {
  return store$2?.get(lang);
}
// @__NO_SIDE_EFFECTS__
function getSpecificMessage(reference2, lang) {
  return store$1?.get(reference2)?.get(lang);
}
// @__NO_SIDE_EFFECTS__
function _stringify(input) {
  const type = typeof input;
  if (type === "string") return `"${input}"`;
  if (type === "number" || type === "bigint" || type === "boolean") return `${input}`;
  if (type === "object" || type === "function") return (input && Object.getPrototypeOf(input)?.constructor?.name) ?? "null";
  return type;
}
function _addIssue(context, label, dataset, config$1, other) {
  const input = other && "input" in other ? other.input : dataset.value;
  const expected = other?.expected ?? context.expects ?? null;
  const received = other?.received ?? /* @__PURE__ */ _stringify(input);
  const issue2 = {
    kind: context.kind,
    type: context.type,
    input,
    expected,
    received,
    message: `Invalid ${label}: ${expected ? `Expected ${expected} but r` : "R"}eceived ${received}`,
    requirement: context.requirement,
    path: other?.path,
    issues: other?.issues,
    lang: config$1.lang,
    abortEarly: config$1.abortEarly,
    abortPipeEarly: config$1.abortPipeEarly
  };
  const isSchema = context.kind === "schema";
  const message$1 = other?.message ?? context.message ?? /* @__PURE__ */ getSpecificMessage(context.reference, issue2.lang) ?? (isSchema ? /* @__PURE__ */ getSchemaMessage(issue2.lang) : null) ?? config$1.message ?? /* @__PURE__ */ getGlobalMessage(issue2.lang);
  if (message$1 !== void 0) issue2.message = typeof message$1 === "function" ? message$1(issue2) : message$1;
  if (isSchema) dataset.typed = false;
  if (dataset.issues) dataset.issues.push(issue2);
  else dataset.issues = [issue2];
}
// @__NO_SIDE_EFFECTS__
function _isValidObjectKey(object$1, key) {
  return Object.prototype.hasOwnProperty.call(object$1, key) && key !== "__proto__" && key !== "prototype" && key !== "constructor";
}
// @__NO_SIDE_EFFECTS__
function _joinExpects(values$1, separator) {
  const list = [...new Set(values$1)];
  if (list.length > 1) return `(${list.join(` ${separator} `)})`;
  return list[0] ?? "never";
}
function _standardSchema(schema) {
  schema["~standard"] = {
    version: 1,
    vendor: "valibot",
    validate: (value$1) => schema["~run"]({ value: value$1 }, /* @__PURE__ */ getGlobalConfig())
  };
  return schema;
}
// @__NO_SIDE_EFFECTS__
function getDotPath(issue2) {
  if (issue2.path) {
    let key = "";
    for (const item of issue2.path) if (typeof item.key === "string" || typeof item.key === "number") if (key) key += `.${item.key}`;
    else key += item.key;
    else return null;
    return key;
  }
  return null;
}
// @__NO_SIDE_EFFECTS__
function regex(requirement, message$1) {
  return {
    kind: "validation",
    type: "regex",
    reference: regex,
    async: false,
    expects: `${requirement}`,
    requirement,
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && !this.requirement.test(dataset.value)) _addIssue(this, "format", dataset, config$1);
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function getFallback(schema, dataset, config$1) {
  return typeof schema.fallback === "function" ? schema.fallback(dataset, config$1) : schema.fallback;
}
// @__NO_SIDE_EFFECTS__
function getDefault(schema, dataset, config$1) {
  return typeof schema.default === "function" ? schema.default(dataset, config$1) : schema.default;
}
// @__NO_SIDE_EFFECTS__
function array(item, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "array",
    reference: array,
    expects: "Array",
    async: false,
    item,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (Array.isArray(input)) {
        dataset.typed = true;
        dataset.value = [];
        for (let key = 0; key < input.length; key++) {
          const value$1 = input[key];
          const itemDataset = this.item["~run"]({ value: value$1 }, config$1);
          if (itemDataset.issues) {
            const pathItem = {
              type: "array",
              origin: "value",
              input,
              key,
              value: value$1
            };
            for (const issue2 of itemDataset.issues) {
              if (issue2.path) issue2.path.unshift(pathItem);
              else issue2.path = [pathItem];
              dataset.issues?.push(issue2);
            }
            if (!dataset.issues) dataset.issues = itemDataset.issues;
            if (config$1.abortEarly) {
              dataset.typed = false;
              break;
            }
          }
          if (!itemDataset.typed) dataset.typed = false;
          dataset.value.push(itemDataset.value);
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function boolean(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "boolean",
    reference: boolean,
    expects: "boolean",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "boolean") dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function looseObject(entries$1, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "loose_object",
    reference: looseObject,
    expects: "Object",
    async: false,
    entries: entries$1,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (input && typeof input === "object") {
        dataset.typed = true;
        dataset.value = {};
        for (const key in this.entries) {
          const valueSchema = this.entries[key];
          if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
            const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
            const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
            if (valueDataset.issues) {
              const pathItem = {
                type: "object",
                origin: "value",
                input,
                key,
                value: value$1
              };
              for (const issue2 of valueDataset.issues) {
                if (issue2.path) issue2.path.unshift(pathItem);
                else issue2.path = [pathItem];
                dataset.issues?.push(issue2);
              }
              if (!dataset.issues) dataset.issues = valueDataset.issues;
              if (config$1.abortEarly) {
                dataset.typed = false;
                break;
              }
            }
            if (!valueDataset.typed) dataset.typed = false;
            dataset.value[key] = valueDataset.value;
          } else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
          else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
            _addIssue(this, "key", dataset, config$1, {
              input: void 0,
              expected: `"${key}"`,
              path: [{
                type: "object",
                origin: "key",
                input,
                key,
                value: input[key]
              }]
            });
            if (config$1.abortEarly) break;
          }
        }
        if (!dataset.issues || !config$1.abortEarly) {
          for (const key in input) if (/* @__PURE__ */ _isValidObjectKey(input, key) && !Object.prototype.hasOwnProperty.call(this.entries, key)) dataset.value[key] = input[key];
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function nullable(wrapped, default_) {
  return _standardSchema({
    kind: "schema",
    type: "nullable",
    reference: nullable,
    expects: `(${wrapped.expects} | null)`,
    async: false,
    wrapped,
    default: default_,
    "~run"(dataset, config$1) {
      if (dataset.value === null) {
        if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
        if (dataset.value === null) {
          dataset.typed = true;
          return dataset;
        }
      }
      return this.wrapped["~run"](dataset, config$1);
    }
  });
}
// @__NO_SIDE_EFFECTS__
function nullish(wrapped, default_) {
  return _standardSchema({
    kind: "schema",
    type: "nullish",
    reference: nullish,
    expects: `(${wrapped.expects} | null | undefined)`,
    async: false,
    wrapped,
    default: default_,
    "~run"(dataset, config$1) {
      if (dataset.value === null || dataset.value === void 0) {
        if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
        if (dataset.value === null || dataset.value === void 0) {
          dataset.typed = true;
          return dataset;
        }
      }
      return this.wrapped["~run"](dataset, config$1);
    }
  });
}
// @__NO_SIDE_EFFECTS__
function number(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "number",
    reference: number,
    expects: "number",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "number" && !isNaN(dataset.value)) dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function object(entries$1, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "object",
    reference: object,
    expects: "Object",
    async: false,
    entries: entries$1,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (input && typeof input === "object") {
        dataset.typed = true;
        dataset.value = {};
        for (const key in this.entries) {
          const valueSchema = this.entries[key];
          if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
            const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
            const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
            if (valueDataset.issues) {
              const pathItem = {
                type: "object",
                origin: "value",
                input,
                key,
                value: value$1
              };
              for (const issue2 of valueDataset.issues) {
                if (issue2.path) issue2.path.unshift(pathItem);
                else issue2.path = [pathItem];
                dataset.issues?.push(issue2);
              }
              if (!dataset.issues) dataset.issues = valueDataset.issues;
              if (config$1.abortEarly) {
                dataset.typed = false;
                break;
              }
            }
            if (!valueDataset.typed) dataset.typed = false;
            dataset.value[key] = valueDataset.value;
          } else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
          else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
            _addIssue(this, "key", dataset, config$1, {
              input: void 0,
              expected: `"${key}"`,
              path: [{
                type: "object",
                origin: "key",
                input,
                key,
                value: input[key]
              }]
            });
            if (config$1.abortEarly) break;
          }
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function optional(wrapped, default_) {
  return _standardSchema({
    kind: "schema",
    type: "optional",
    reference: optional,
    expects: `(${wrapped.expects} | undefined)`,
    async: false,
    wrapped,
    default: default_,
    "~run"(dataset, config$1) {
      if (dataset.value === void 0) {
        if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
        if (dataset.value === void 0) {
          dataset.typed = true;
          return dataset;
        }
      }
      return this.wrapped["~run"](dataset, config$1);
    }
  });
}
// @__NO_SIDE_EFFECTS__
function record(key, value$1, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "record",
    reference: record,
    expects: "Object",
    async: false,
    key,
    value: value$1,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (input && typeof input === "object") {
        dataset.typed = true;
        dataset.value = {};
        for (const entryKey in input) if (/* @__PURE__ */ _isValidObjectKey(input, entryKey)) {
          const entryValue = input[entryKey];
          const keyDataset = this.key["~run"]({ value: entryKey }, config$1);
          if (keyDataset.issues) {
            const pathItem = {
              type: "object",
              origin: "key",
              input,
              key: entryKey,
              value: entryValue
            };
            for (const issue2 of keyDataset.issues) {
              issue2.path = [pathItem];
              dataset.issues?.push(issue2);
            }
            if (!dataset.issues) dataset.issues = keyDataset.issues;
            if (config$1.abortEarly) {
              dataset.typed = false;
              break;
            }
          }
          const valueDataset = this.value["~run"]({ value: entryValue }, config$1);
          if (valueDataset.issues) {
            const pathItem = {
              type: "object",
              origin: "value",
              input,
              key: entryKey,
              value: entryValue
            };
            for (const issue2 of valueDataset.issues) {
              if (issue2.path) issue2.path.unshift(pathItem);
              else issue2.path = [pathItem];
              dataset.issues?.push(issue2);
            }
            if (!dataset.issues) dataset.issues = valueDataset.issues;
            if (config$1.abortEarly) {
              dataset.typed = false;
              break;
            }
          }
          if (!keyDataset.typed || !valueDataset.typed) dataset.typed = false;
          if (keyDataset.typed) dataset.value[keyDataset.value] = valueDataset.value;
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function string(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "string",
    reference: string,
    expects: "string",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "string") dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function _subIssues(datasets) {
  let issues;
  if (datasets) for (const dataset of datasets) if (issues) for (const issue2 of dataset.issues) issues.push(issue2);
  else issues = dataset.issues;
  return issues;
}
// @__NO_SIDE_EFFECTS__
function union(options, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "union",
    reference: union,
    expects: /* @__PURE__ */ _joinExpects(options.map((option) => option.expects), "|"),
    async: false,
    options,
    message: message$1,
    "~run"(dataset, config$1) {
      let validDataset;
      let typedDatasets;
      let untypedDatasets;
      for (const schema of this.options) {
        const optionDataset = schema["~run"]({ value: dataset.value }, config$1);
        if (optionDataset.typed) if (optionDataset.issues) if (typedDatasets) typedDatasets.push(optionDataset);
        else typedDatasets = [optionDataset];
        else {
          validDataset = optionDataset;
          break;
        }
        else if (untypedDatasets) untypedDatasets.push(optionDataset);
        else untypedDatasets = [optionDataset];
      }
      if (validDataset) return validDataset;
      if (typedDatasets) {
        if (typedDatasets.length === 1) return typedDatasets[0];
        _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(typedDatasets) });
        dataset.typed = true;
      } else if (untypedDatasets?.length === 1) return untypedDatasets[0];
      else _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(untypedDatasets) });
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function unknown() {
  return _standardSchema({
    kind: "schema",
    type: "unknown",
    reference: unknown,
    expects: "unknown",
    async: false,
    "~run"(dataset) {
      dataset.typed = true;
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function pipe(...pipe$1) {
  return _standardSchema({
    ...pipe$1[0],
    pipe: pipe$1,
    "~run"(dataset, config$1) {
      for (const item of pipe$1) if (item.kind !== "metadata") {
        if (dataset.issues && (item.kind === "schema" || item.kind === "transformation")) {
          dataset.typed = false;
          break;
        }
        if (!dataset.issues || !config$1.abortEarly && !config$1.abortPipeEarly) dataset = item["~run"](dataset, config$1);
      }
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function safeParse(schema, input, config$1) {
  const dataset = schema["~run"]({ value: input }, /* @__PURE__ */ getGlobalConfig(config$1));
  return {
    typed: dataset.typed,
    success: !dataset.issues,
    output: dataset.value,
    issues: dataset.issues
  };
}
var store$4, DEFAULT_CONFIG, store$3, store$2, store$1, EMOJI_REGEX;
var init_dist = __esm({
  "node_modules/valibot/dist/index.mjs"() {
    DEFAULT_CONFIG = {
      lang: void 0,
      message: void 0,
      abortEarly: void 0,
      abortPipeEarly: void 0
    };
    EMOJI_REGEX = new RegExp("^(?:[\\u{1F1E6}-\\u{1F1FF}]{2}|\\u{1F3F4}[\\u{E0061}-\\u{E007A}]{2}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{1,3}\\u{E007F}|(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation})(?:\\u200D(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation}))*)+$", "u");
  }
});

// src/http/json.ts
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}
var init_json = __esm({
  "src/http/json.ts"() {
    "use strict";
  }
});

// src/answer.ts
function readAnswer(schema, text) {
  const json = parseJson(text);
  if (json === void 0) return { success: false, came: notJson(text) };
  const { success, output, issues } = safeParse(schema, json);
  if (success) return { success, output };
  const [{ expected, received, ...issue2 }] = issues;
  const place = getDotPath({ expected, received, ...issue2 });
  const fault = `${place ? `${place}: ` : ""}expected ${expected}, got ${received}`;
  return { success: false, came: `${oneLine(text, 80)} (${oneLine(fault, 120)})` };
}
function notJson(text) {
  if (text.trim() === "") return "an empty answer";
  return `${/^\s*<(?:!doctype|html)/iu.test(text) ? "HTML" : "no JSON"}: "${oneLine(text, 80)}"`;
}
var init_answer = __esm({
  "src/answer.ts"() {
    "use strict";
    init_dist();
    init_json();
    init_text();
  }
});

// src/scm/api-version.ts
function isVersionRefused({ status, text }) {
  return status >= 400 && /VssVersionOutOfRange|The requested REST API version of \S+ is out of range/u.test(text);
}
var API_VERSION, PREVIEW_VERSION, REPOSITORY_VERSION, TOO_OLD;
var init_api_version = __esm({
  "src/scm/api-version.ts"() {
    "use strict";
    API_VERSION = "5.0";
    PREVIEW_VERSION = "5.0-preview.1";
    REPOSITORY_VERSION = "7.0";
    TOO_OLD = `The step needs version ${API_VERSION} of the REST API: Azure DevOps Server 2019 or newer.`;
  }
});

// src/scm/service-answer.ts
function serviceMessage(response) {
  const header = [response.headers["x-tfs-serviceerror"]].flat()[0];
  if (header) {
    try {
      return decodeURIComponent(header);
    } catch {
      return header;
    }
  }
  const body = safeParse(ServiceError, parseJson(response.text));
  return body.success ? body.output.message : "";
}
function isSignIn({ status, headers }) {
  if (status === 302) return /\/_signin\b/u.test([headers.location].flat()[0] ?? "");
  return status === 401 || status === 203;
}
var ServiceError;
var init_service_answer = __esm({
  "src/scm/service-answer.ts"() {
    "use strict";
    init_dist();
    init_json();
    ServiceError = object({ message: string() });
  }
});

// src/scm/repository-refused.ts
function refused(repository, url, response, secret) {
  const what = "pat" in secret ? "the azure-devops-pat" : "the job's own token (System.AccessToken)";
  const { status } = response;
  const says = serviceMessage(response);
  const where = repository.id === NO_REPOSITORY ? `in the organization ${repository.organization}` : `read the repository ${fullName(repository)}`;
  const attempt = `Azure DevOps did not let ${what} ${where}: GET ${url.pathname}, status ${status}. ${oneLine(says, 200)}`.trim().replace(/(?<![.!?])$/u, ".");
  const because = (result, cure) => new RepositoryRefused(status, result, attempt, cure);
  if ([401, 203, 302].includes(status) && /\bexpired\b/iu.test(says))
    return because(
      "expired",
      "The PAT has expired. Make a new one (Code: Read, this organization only) and put it into the secret."
    );
  if (status === 404)
    return because(
      // Where the organization does not exist, a page for people says so.
      says ? "works" : "unknown",
      `Check the name of the repository, and that the owner of the token may read it${"pat" in secret ? "" : " (pipelines see only the repositories that their job authorization scope allows)"}.`
    );
  if (status >= 500 || status === 429)
    return because("unknown", "Azure DevOps is not well or throttles. Run the step again.");
  if (isVersionRefused(response)) return because("unknown", TOO_OLD);
  if (isSignIn(response))
    return because(
      "refused",
      "The token is mistyped, revoked, made for another organization, or lacks the scope Code: Read."
    );
  return because("unknown", status === 403 ? SIGN_IN_AGAIN : CHECK_ADDRESS);
}
function unreadable2(url, came) {
  return new RepositoryRefused(
    200,
    "unknown",
    `Azure DevOps answered GET ${url.pathname} with status 200, but not with a repository: ${came}.`,
    CHECK_ADDRESS
  );
}
var RepositoryRefused, NO_REPOSITORY, SIGN_IN_AGAIN, CHECK_ADDRESS;
var init_repository_refused = __esm({
  "src/scm/repository-refused.ts"() {
    "use strict";
    init_errors();
    init_repository();
    init_text();
    init_api_version();
    init_service_answer();
    RepositoryRefused = class extends Failure {
      name = "RepositoryRefused";
      status;
      /** What it says of the secret: `works` where only the repository is missing. */
      secret;
      constructor(status, secret, message, cure) {
        super(message, cure);
        this.status = status;
        this.secret = secret;
      }
    };
    NO_REPOSITORY = "0b0a0c0d-9f2e-4d6b-8c1a-5e7f3a2b1c4d";
    SIGN_IN_AGAIN = "Check that the owner of the token can sign in to Azure DevOps, and that its policies allow requests from this runner.";
    CHECK_ADDRESS = "Check azure-devops-url, and that no proxy and no sign-in page answers in place of Azure DevOps.";
  }
});

// src/scm/azure-devops.ts
function azureDevOps(http) {
  const reads = /* @__PURE__ */ new Map();
  const older = /* @__PURE__ */ new Set();
  async function describe2(repository, secret) {
    const { host } = repository;
    const headers = azureDevOpsHeaders(secret);
    const get = (version2) => http.send({ method: "GET", url: address(repository, version2), headers });
    if (older.has(host)) return get(API_VERSION);
    const response = await get(REPOSITORY_VERSION);
    const mayBeOlder = response.status === 401 && host !== CLOUD;
    if (!mayBeOlder && !isVersionRefused(response)) return response;
    const again2 = await get(API_VERSION);
    if (again2.status !== 401) older.add(host);
    return again2;
  }
  async function ask(repository, secret) {
    const response = await describe2(repository, secret);
    if (response.status !== 200) throw refused(repository, address(repository), response, secret);
    const found = readAnswer(GitRepository, response.text);
    if (!found.success) throw unreadable2(address(repository), found.came);
    const { id: id2, name, project, url, remoteUrl, isDisabled } = found.output;
    const organization = spelled(repository.organization, [url, remoteUrl]);
    return {
      ...repository,
      organization,
      id: id2,
      name,
      project: project.name,
      projectId: project.id,
      disabled: isDisabled === true
    };
  }
  function read3(repository, secret) {
    const key = JSON.stringify([address(repository), secret]);
    const reading = reads.get(key) ?? ask(repository, secret);
    reads.set(key, reading);
    return reading;
  }
  return {
    read: read3,
    async readFile(repository, file, secret) {
      const { host, organization, project, name } = repository;
      const path = [organization, project ?? name, "_apis", "git", "repositories", name].map(
        encodeURIComponent
      );
      const url = new URL(
        `${host}/${path.join("/")}/items?api-version=${API_VERSION}&path=${encodeURIComponent(file)}`
      );
      const headers = { ...azureDevOpsHeaders(secret), accept: "*/*" };
      const response = await http.send({ method: "GET", url, headers });
      if (response.status === 200) return response.text;
      if (response.status === 404 && /GitItemNotFound|TF401174/u.test(response.text)) return void 0;
      throw refused(repository, url, response, secret);
    },
    async tryPat(owner, pat, repository = { ...owner, id: NO_REPOSITORY, name: NO_REPOSITORY }) {
      try {
        await read3(repository, { pat });
        return { result: "works" };
      } catch (error2) {
        const result = error2 instanceof RepositoryRefused ? error2.secret : "unknown";
        return result === "works" ? { result } : { result, why: messageOf(error2) };
      }
    }
  };
}
function address({ host, organization, project, name, id: id2 }, version2 = API_VERSION) {
  const segments = id2 ? [organization] : [organization, project ?? name];
  const path = [...segments, "_apis", "git", "repositories", id2 ?? name].map(encodeURIComponent).join("/");
  return new URL(`${host}/${path}?api-version=${version2}`);
}
function spelled(organization, addresses) {
  const segments = addresses.flatMap(
    (address2) => address2 && URL.canParse(address2) && !new URL(address2).hostname.endsWith(".visualstudio.com") ? segmentsOf(address2) : []
  );
  return segments.find((segment) => segment.toLowerCase() === organization.toLowerCase()) ?? organization;
}
function azureDevOpsHeaders(secret) {
  const authorization = "pat" in secret ? `Basic ${Buffer.from(`:${secret.pat}`).toString("base64")}` : `Bearer ${secret.jobToken}`;
  return { authorization, "x-tfs-fedauthredirect": "Suppress" };
}
var GitRepository, CLOUD;
var init_azure_devops = __esm({
  "src/scm/azure-devops.ts"() {
    "use strict";
    init_dist();
    init_answer();
    init_azure_address();
    init_errors();
    init_api_version();
    init_repository_refused();
    GitRepository = object({
      id: string(),
      name: string(),
      project: object({ id: string(), name: string() }),
      url: nullish(string()),
      remoteUrl: nullish(string()),
      isDisabled: nullish(boolean())
    });
    CLOUD = "https://dev.azure.com";
  }
});

// package.json
var version;
var init_package = __esm({
  "package.json"() {
    version = "0.1.0";
  }
});

// src/version.ts
var init_version = __esm({
  "src/version.ts"() {
    "use strict";
    init_package();
  }
});

// src/ahead.ts
function aheadThen(first, again2) {
  let ahead = first;
  return () => {
    const look = ahead ?? again2();
    ahead = void 0;
    return look;
  };
}
function early(promise) {
  promise.catch(() => {
  });
  return promise;
}
var init_ahead = __esm({
  "src/ahead.ts"() {
    "use strict";
  }
});

// src/catalogs/konnect/schemas.ts
var labels, config, id, reference, IntegrationInstance, AuthCredential, Integration, CatalogService, CatalogResource, ResourceMapping, NumberedPage, CursorPage, Problem;
var init_schemas = __esm({
  "src/catalogs/konnect/schemas.ts"() {
    "use strict";
    init_dist();
    labels = record(string(), string());
    config = record(string(), unknown());
    id = pipe(string(), regex(/^[\w-]+$/u));
    reference = object({ id, name: string() });
    IntegrationInstance = object({
      id,
      name: string(),
      display_name: string(),
      integration: object({ name: string() }),
      authorized: boolean(),
      labels: nullish(labels, {}),
      config
    });
    AuthCredential = object({
      id,
      tainted: boolean(),
      missing_permissions: array(object({ scopes: array(nullable(string())), message: string() })),
      expires_at: nullable(string()),
      created_at: nullish(string())
    });
    Integration = object({
      name: string(),
      authorization: nullish(
        looseObject({
          type: optional(string()),
          config: optional(
            object({
              headers: optional(array(object({ name: string() }))),
              app_install_url: optional(object({ url: string() }))
            })
          )
        })
      ),
      config_schema: nullish(config, {}),
      resource_types: record(string(), object({ schema: object({ definition: record(string(), string()) }) }))
    });
    CatalogService = object({
      id,
      name: string(),
      display_name: string(),
      description: nullable(string()),
      labels: nullish(labels, {}),
      custom_fields: nullish(record(string(), unknown()), {})
    });
    CatalogResource = object({
      id,
      name: nullable(string()),
      type: string(),
      config,
      integration: object({ name: string(), instance: reference }),
      integration_data: nullish(config, {}),
      archived: optional(boolean(), false)
    });
    ResourceMapping = object({
      id,
      resource: object({ id }),
      service: reference
    });
    NumberedPage = object({ page: object({ total: number() }) });
    CursorPage = object({ page: object({ next: nullish(string()) }) });
    Problem = object({
      title: nullish(string()),
      detail: nullish(unknown()),
      message: nullish(string()),
      instance: nullish(string()),
      invalid_parameters: nullish(array(looseObject({ field: nullish(string()), reason: nullish(string()) })))
    });
  }
});

// src/catalogs/konnect/errors.ts
function problemOf(response) {
  const json = parseJson(response.text);
  const parsed = safeParse(Problem, json);
  if (!parsed.success) return { text: pageText(response.text, 120) };
  const { title, detail, message, instance, invalid_parameters: invalid } = parsed.output;
  const fields = (invalid ?? []).map(({ field, reason }) => `${field ?? "?"}: ${reason ?? "invalid"}`);
  const sentence = [typeof detail === "string" ? detail : void 0, message, title].find(Boolean) ?? "";
  const trace = /^(?:kong|konnect):trace:(.+)$/u.exec(instance ?? "")?.[1];
  return {
    text: oneLine([sentence, ...fields].filter(Boolean).join("; ")),
    ...trace ? { trace: oneLine(trace, 80) } : {}
  };
}
function cureOf(method, path, { status, headers }) {
  if (status === 401)
    return "The catalog-token is not valid here: it may be mistyped, expired or revoked, or belong to another region (catalog-region).";
  if (status === 403) return `The catalog-token lacks a role in this region: ${roleFor(method, path)}.`;
  if (status === 404) return "Check catalog-region and catalog-url, and that nobody deleted it meanwhile.";
  const header = [headers["retry-after"]].flat()[0];
  const wait2 = header ? `asks to wait (Retry-After: ${oneLine(header, 40)})` : "";
  if (status === 429)
    return `Konnect limits how often it may be called${wait2 && ` and ${wait2}`}. Run the step again later, or run fewer of these steps at once.`;
  if (status >= 300 && status < 400) {
    const target = [headers.location].flat()[0] ?? "another address";
    return `It redirects to ${oneLine(target, 120)}, which is not followed, so as not to send the token there. Set catalog-url to the right address.`;
  }
  if (status >= 500)
    return `The fault is on the side of Konnect${wait2 && `, which ${wait2}`}. Run the step again; give them the trace if it goes on.`;
  if (status === 409)
    return "Something else holds that place. Look at it in Konnect, then run the step again.";
  return "Correct the inputs that it names.";
}
function roleFor(method, path) {
  if (path.includes("/integration")) return method === "GET" ? "Integration Viewer" : "Integration Admin";
  if (method === "GET") return "Service Viewer";
  if (method === "POST" && path.endsWith("/catalog-services")) return "Service Creator";
  return "Service Admin of this service";
}
var KonnectError;
var init_errors2 = __esm({
  "src/catalogs/konnect/errors.ts"() {
    "use strict";
    init_dist();
    init_errors();
    init_json();
    init_text();
    init_schemas();
    KonnectError = class extends Failure {
      name = "KonnectError";
      status;
      /** Someone else made the same thing, or the name is taken. */
      conflict;
      /** A write that the server may have acted on although its answer says that it failed. */
      maybeProcessed;
      constructor(method, path, response) {
        const problem = problemOf(response);
        const trace = problem.trace ? `, trace ${problem.trace}` : "";
        super(
          `Konnect refused ${method} ${path}: status ${response.status}${trace}. ${problem.text}`.trim(),
          cureOf(method, path, response)
        );
        this.status = response.status;
        this.conflict = response.status === 409 || response.status === 400 && /already exists|unique constraint|must be unique/iu.test(problem.text);
        this.maybeProcessed = method !== "GET" && (response.status >= 500 || response.status === 408);
      }
    };
  }
});

// src/catalogs/konnect/client.ts
function konnectClient(http, url, token) {
  async function call(method, path, query, options = {}) {
    const address2 = new URL(`${url}/v1${path}`);
    address2.search = query.toString();
    const headers = { authorization: `Bearer ${token}` };
    const response = await http.send({ method, url: address2, headers, ...options });
    if (response.status < 200 || response.status > 299)
      throw new KonnectError(method, `/v1${path}`, response);
    return response;
  }
  async function read3(method, path, schema, query = new URLSearchParams(), options = {}) {
    return check(schema, await call(method, path, query, options), method, path);
  }
  function page(path, meta, query, size) {
    query.set("page[size]", String(size));
    return read3("GET", path, object({ data: array(unknown()), meta }), query);
  }
  let sizes = PAGE_SIZES;
  async function inPages(readAll) {
    const [size = 1, ...smaller] = sizes;
    try {
      return await readAll(size);
    } catch (error2) {
      if (!refusesSize(error2) || smaller.length === 0) throw error2;
      if (sizes[0] === size) sizes = smaller;
      return inPages(readAll);
    }
  }
  async function readPages(path, filter, size) {
    const records = [];
    let total;
    for (let number2 = 1; number2 <= MOST_RECORDS / size; number2++) {
      const query = encode(filter);
      query.set("page[number]", String(number2));
      const { data, meta } = await page(path, NumberedPage, query, size);
      total ??= meta.page.total;
      if (total !== meta.page.total) return void 0;
      records.push(...data);
      if (data.length === 0 || records.length >= total) return records;
    }
    throw new TooManyRecords(path, records.length);
  }
  async function readCursors(path, filter, size) {
    const records = [];
    let cursor = null;
    for (let number2 = 1; number2 <= MOST_RECORDS / size; number2++) {
      const query = encode(filter);
      if (cursor) query.set("page[after]", cursor);
      const { data, meta } = await page(path, CursorPage, query, size);
      records.push(...data);
      cursor = cursorOf(meta.page.next, path);
      if (!cursor) return records;
    }
    throw new TooManyRecords(path, records.length);
  }
  return {
    get: (path, schema, options) => read3("GET", path, schema, void 0, options),
    async list(path, schema, filter = {}) {
      for (let attempt = 1; attempt <= 3; attempt++) {
        const records = await inPages((size) => readPages(path, filter, size));
        if (records) return records.map((record2) => checkRecord(schema, record2, path));
      }
      throw new Failure(`GET /v1${path} keeps changing while it is read.`, "Run the step again.");
    },
    async walk(path, schema, filter) {
      const records = await inPages((size) => readCursors(path, filter, size));
      return records.map((record2) => checkRecord(schema, record2, path));
    },
    async peek(path, schema, filter) {
      const { data } = await inPages((size) => page(path, CursorPage, encode(filter), size));
      return data.map((record2) => checkRecord(schema, record2, path));
    },
    post: (path, body, schema, options) => read3("POST", path, schema, void 0, { body, ...options }),
    patch: (path, body, schema, options) => read3("PATCH", path, schema, void 0, { body, ...options }),
    async delete(path, options) {
      await call("DELETE", path, new URLSearchParams(), options);
    }
  };
}
function encode(filter) {
  const query = new URLSearchParams();
  for (const [field, condition] of Object.entries(filter)) {
    for (const [operator, value] of Object.entries(condition ?? {}))
      query.set(`filter[${field}][${operator}]`, [value].flat().join(","));
  }
  return query;
}
function cursorOf(next, path) {
  if (!next) return null;
  const cursor = new URLSearchParams(next.slice(next.indexOf("?") + 1)).get("page[after]");
  if (!cursor) throw new UnreadableAnswer("GET", path, "meta.page.next: expected a path with page[after]");
  return cursor;
}
function check(schema, response, method, path) {
  const json = parseJson(response.text);
  if (json === void 0)
    throw new UnreadableAnswer(method, path, `no JSON but "${oneLine(response.text, 80)}"`);
  return checkRecord(schema, json, path, method);
}
function checkRecord(schema, record2, path, method = "GET") {
  const result = safeParse(schema, record2);
  if (result.success) return result.output;
  const [issue2] = result.issues;
  const field = issue2.path?.map((part) => part.key).join(".") ?? "the body";
  throw new UnreadableAnswer(
    method,
    path,
    `${oneLine(field, 80)}: expected ${issue2.expected}, got ${oneLine(issue2.received, 80)}`
  );
}
function refusesSize(error2) {
  return error2 instanceof KonnectError && error2.status === 400 && /page\W{0,2}size/iu.test(error2.message);
}
var PAGE_SIZES, MOST_RECORDS, UnreadableAnswer, TooManyRecords;
var init_client = __esm({
  "src/catalogs/konnect/client.ts"() {
    "use strict";
    init_dist();
    init_errors();
    init_json();
    init_text();
    init_errors2();
    init_schemas();
    PAGE_SIZES = [100, 50, 20, 10, 5];
    MOST_RECORDS = 2e3;
    UnreadableAnswer = class extends Failure {
      name = "UnreadableAnswer";
      maybeProcessed;
      constructor(method, path, what) {
        super(
          `Konnect answered ${method} /v1${path}, but not as its contract says: ${what}.`,
          "Check catalog-url, and whether a proxy or a sign-in page answers in its place."
        );
        this.maybeProcessed = method !== "GET";
      }
    };
    TooManyRecords = class extends Failure {
      name = "TooManyRecords";
      constructor(path, count) {
        super(
          `GET /v1${path} has more than ${count} records that fit: the look-up is not conclusive.`,
          "Name the integration with integration-name, or the resource with resource-id."
        );
      }
    };
  }
});

// src/catalogs/konnect/connection.ts
function instancePath({ id: id2 }) {
  return `/integration-instances/${id2}`;
}
function readInstance({ client }, instance, critical) {
  return client.get(instancePath(instance), IntegrationInstance, { critical });
}
function integrationsPage({ inputs, owner }) {
  const region = /^https:\/\/(\w+)\.api\.konghq\.com$/u.exec(inputs.catalogUrl)?.[1] ?? "us";
  return `https://cloud.konghq.com/${region}/service-catalog/integrations/${owner.provider}`;
}
function tell({ progress }, thing, name, ensured) {
  const { operation, value, differences: differences2 } = ensured;
  progress.outcome({ thing, operation, name, id: value?.id ?? "", reasons: differences2 });
}
function wouldCreate(...reasons) {
  return { operation: "created", value: void 0, differences: reasons };
}
var init_connection = __esm({
  "src/catalogs/konnect/connection.ts"() {
    "use strict";
    init_schemas();
  }
});

// src/ensure.ts
async function ensure(thing, { plan, clock }) {
  const start = clock.now();
  let wrote;
  let lastRefusal;
  for (let round = 1; ; round++) {
    let decided;
    try {
      const found = await thing.find();
      const differences2 = found !== void 0 && thing.differs?.(found) || [];
      if (found !== void 0 && differences2.length === 0)
        return wrote ? { ...wrote, value: found } : { operation: "unchanged", value: found, differences: differences2 };
      if (lastRefusal) throw lastRefusal;
      await thing.permit?.(found);
      decided = {
        operation: found === void 0 ? "created" : thing.repair ?? "updated",
        value: found,
        differences: differences2
      };
      if (plan) return decided;
      const value = found === void 0 ? await thing.create() : await thing.update?.(found);
      return { ...wrote ?? decided, value };
    } catch (error2) {
      if (lastRefusal) throw lastRefusal;
      const { conflict, maybeProcessed, status } = error2;
      const settling = thing.settling?.includes(status ?? 0) && clock.now() - start < SETTLING;
      const refused2 = decided !== void 0 && status !== void 0 && status !== THROTTLED;
      if (!settling && !(decided && (conflict || maybeProcessed || refused2))) throw error2;
      if (maybeProcessed || refused2 && !conflict) wrote ??= decided;
      if (!settling && (round >= ROUNDS || !(conflict || maybeProcessed)))
        lastRefusal = conflict && decided?.operation === "created" ? unexplained(thing, error2) : error2;
    }
    if (!lastRefusal) await clock.sleep(Math.min(FIRST_PAUSE2 * 2 ** (round - 1), LONGEST_PAUSE2));
  }
}
function unexplained(thing, error2) {
  const message = error2 instanceof Failure ? error2.message : String(error2);
  return new Failure(`The ${thing.title} can neither be found nor created. ${message}`, thing.hidden);
}
var FRESH, ROUNDS, FIRST_PAUSE2, LONGEST_PAUSE2, SETTLING, THROTTLED;
var init_ensure = __esm({
  "src/ensure.ts"() {
    "use strict";
    init_errors();
    FRESH = [403, 404];
    ROUNDS = 5;
    FIRST_PAUSE2 = 500;
    LONGEST_PAUSE2 = 15e3;
    SETTLING = 12e4;
    THROTTLED = 429;
  }
});

// src/catalogs/konnect/manifest.ts
async function readManifest({ client, owner }) {
  const integrations = await client.list("/integrations", Integration, { name: { eq: owner.provider } });
  return integrations.find((one) => one.name === owner.provider);
}
var init_manifest = __esm({
  "src/catalogs/konnect/manifest.ts"() {
    "use strict";
    init_schemas();
  }
});

// src/catalogs/konnect/auth-credential.ts
async function readCredential({ client }, instance, critical) {
  try {
    return await client.get(credentialPath(instance), AuthCredential, { critical });
  } catch (error2) {
    if (error2 instanceof KonnectError && error2.status === 404) return void 0;
    throw error2;
  }
}
function storeCredential({ client }, instance, headers, pat, critical) {
  const body = { type: "multi_key_auth", config: { headers: headers.map((name) => ({ name, key: pat })) } };
  return client.post(credentialPath(instance), body, AuthCredential, { critical });
}
function credentialPath(instance) {
  return `${instancePath(instance)}/auth-credential`;
}
async function headerNames(connection) {
  const manifest = await readManifest(connection);
  const headers = manifest?.authorization?.config?.headers?.map(({ name }) => name) ?? [];
  if (manifest?.authorization?.type === "multi_key_auth" && headers.length === 1) return headers;
  throw new Failure(
    `Konnect's ${connection.repository.provider} integration does not take one token in one header any more, so the credential cannot be made here.`,
    `Authorize it at ${integrationsPage(connection)}, and report this.`
  );
}
var init_auth_credential = __esm({
  "src/catalogs/konnect/auth-credential.ts"() {
    "use strict";
    init_errors();
    init_connection();
    init_errors2();
    init_manifest();
    init_schemas();
  }
});

// src/catalogs/machine-name.ts
function machineName(name, longest) {
  const fitted = name.normalize("NFKD").replace(new RegExp("\\p{M}", "gu"), "").toLowerCase().replace(/[^0-9a-z.]+/gu, "-").replace(/-?(\.+)-?/gu, "$1").replace(/^[-.]+|[-.]+$/gu, "");
  if (fitted === "") return `repository-${shortHash(name)}`;
  if (fitted.length > longest)
    return `${fitted.slice(0, longest - 13).replace(/[-.]+$/u, "")}-${shortHash(name)}`;
  return fitted;
}
function shortHash(text) {
  return (0, import_node_crypto2.createHash)("sha256").update(text).digest("hex").slice(0, 12);
}
var import_node_crypto2;
var init_machine_name = __esm({
  "src/catalogs/machine-name.ts"() {
    "use strict";
    import_node_crypto2 = require("node:crypto");
  }
});

// src/catalogs/konnect/hosts.ts
function cloudOf({ provider }) {
  return CLOUDS[provider];
}
function homeOf(owner) {
  const host = trueHost(owner);
  return URL.canParse(host) && !isLoopback(new URL(host).hostname) ? host : cloudOf(owner);
}
function isOnCloud(owner) {
  return sameHost(homeOf(owner), cloudOf(owner));
}
function hostName(address2) {
  return URL.canParse(address2) ? new URL(address2).host : address2;
}
function namesHost(key) {
  return /^(?:(?:\w+_)?(?:host|host_?name|server|server_?name)|(?:api|api_base|base|enterprise|host|instance|root|server|site)_?(?:url|uri|address|endpoint))$/iu.test(
    key
  );
}
function namesAddress(key) {
  return namesHost(key) || /^(?:url|uri|address|domain|endpoint)$/iu.test(key);
}
var CLOUDS;
var init_hosts = __esm({
  "src/catalogs/konnect/hosts.ts"() {
    "use strict";
    init_address();
    init_repository();
    init_repository_host();
    CLOUDS = {
      "azure-devops": AZURE_DEVOPS,
      github: "https://github.com",
      gitlab: "https://gitlab.com"
    };
  }
});

// src/catalogs/konnect/naming.ts
function serviceNameFor({ name }) {
  return machineName(name, LONGEST_NAME);
}
function repositoryMark(repository) {
  const { provider } = repository;
  const place = isOnCloud(repository) ? provider : `${provider}@${hostName(repository.host)}`;
  return sha256(`${place}/${fullName(repository)}`.toLowerCase()).slice(0, 32);
}
function patMark(credentialId, digest) {
  return `${markOf(credentialId)}.${digest}`;
}
function markedDigest(mark, credentialId) {
  const [credential, digest] = mark?.split(".") ?? [];
  return credential === markOf(credentialId) ? digest : void 0;
}
function expiryMark(credentialId, day2) {
  return `${markOf(credentialId)}.${day2}`;
}
function markedExpiry(mark, credentialId) {
  const [credential, day2 = ""] = mark?.split(".") ?? [];
  return credential === markOf(credentialId) ? parseDay(day2) : void 0;
}
function markOf(credentialId) {
  return sha256(credentialId).slice(0, 12);
}
function sha256(text) {
  return (0, import_node_crypto3.createHash)("sha256").update(text).digest("hex");
}
var import_node_crypto3, PAT_LABEL, EXPIRY_LABEL, REPOSITORY_LABEL, LONGEST_NAME;
var init_naming = __esm({
  "src/catalogs/konnect/naming.ts"() {
    "use strict";
    import_node_crypto3 = require("node:crypto");
    init_dates();
    init_repository();
    init_machine_name();
    init_hosts();
    PAT_LABEL = "catalog-connect-pat";
    EXPIRY_LABEL = "catalog-connect-pat-expires-on";
    REPOSITORY_LABEL = "catalog-connect-repository";
    LONGEST_NAME = 120;
  }
});

// src/catalogs/konnect/rotation.ts
async function underClaim(connection, instance, old, digest, replacement) {
  const { clock } = connection;
  const claim = claimFor(old, digest, clock.now());
  let written2;
  try {
    await standAlone(connection, instance, claim, () => {
      written2 = clock.now();
    });
    return await replacement(() => {
      if (clock.now() - (written2 ?? 0) > FRESH2) throw new RotatedMeanwhile();
    });
  } catch (error2) {
    if (written2 !== void 0) await takeBack(connection, instance, claim, error2 instanceof ClaimNotShown);
    throw error2;
  }
}
async function standAlone(connection, instance, claim, beforeWrite) {
  const { clock, progress } = connection;
  const read3 = async () => (await readInstance(connection, instance)).labels?.[ROTATION_LABEL];
  let other;
  let notShown = 0;
  for (; ; ) {
    let standing = await read3();
    if (standing === void 0 && other) throw new RotatedMeanwhile();
    const dead = standing !== void 0 && standing === other?.claim && clock.now() - other.since >= LIFETIME;
    if (standing === void 0 || dead) {
      const before = standing;
      await write(connection, instance, claim, beforeWrite);
      await clock.sleep(SETTLES);
      standing = await read3();
      if (standing === claim) return;
      notShown = standing === before ? notShown + 1 : 0;
      if (notShown === WRITES) throw new ClaimNotShown(connection, instance);
    } else {
      if (!other) progress.info("Another run is replacing the credential: waiting until it is done.");
      await clock.sleep(SETTLES);
    }
    if (standing !== void 0 && standing !== other?.claim) other = { claim: standing, since: clock.now() };
  }
}
async function write({ client }, instance, claim, before) {
  const labels2 = { [ROTATION_LABEL]: claim };
  await client.patch(instancePath(instance), { labels: labels2 }, IntegrationInstance, { critical: "sent", before }).catch((error2) => {
    if (!error2.maybeProcessed) throw error2;
  });
}
async function takeBack(connection, instance, claim, unseen) {
  for (const critical of [void 0, "last"]) {
    try {
      const standing = (await readInstance(connection, instance, critical)).labels?.[ROTATION_LABEL];
      if (standing !== claim && !unseen) return;
      const labels2 = { [ROTATION_LABEL]: null };
      await connection.client.patch(instancePath(instance), { labels: labels2 }, IntegrationInstance, { critical });
      return;
    } catch {
    }
  }
}
function claimFor(old, digest, now) {
  const run3 = (0, import_node_crypto4.randomBytes)(3).toString("hex");
  return [run3, digest, markOf(old.id).slice(0, SHORT), Math.round(now).toString(36)].join(".");
}
function claimedDigest(claim, found) {
  const [, digest, old, since] = claim?.split(".") ?? [];
  if (since === void 0 || old === markOf(found.id).slice(0, SHORT)) return void 0;
  if (!found.created_at) return digest;
  const age = Date.parse(found.created_at) - Number.parseInt(since, 36);
  return age >= SETTLES - SKEW && age <= USUAL ? digest : void 0;
}
function storedDigest({ labels: labels2 }, found) {
  return markedDigest(labels2?.[PAT_LABEL], found.id) ?? claimedDigest(labels2?.[ROTATION_LABEL], found);
}
function unmarkedDigest({ labels: labels2 }, found) {
  if (markedDigest(labels2?.[PAT_LABEL], found.id) !== void 0) return void 0;
  return claimedDigest(labels2?.[ROTATION_LABEL], found);
}
var import_node_crypto4, ROTATION_LABEL, SETTLES, LIFETIME, FRESH2, WRITES, RotatedMeanwhile, ClaimNotShown, SHORT, SKEW, USUAL;
var init_rotation = __esm({
  "src/catalogs/konnect/rotation.ts"() {
    "use strict";
    import_node_crypto4 = require("node:crypto");
    init_errors();
    init_connection();
    init_naming();
    init_schemas();
    ROTATION_LABEL = "catalog-connect-rotation";
    SETTLES = 2e3;
    LIFETIME = 3e4;
    FRESH2 = 1e4;
    WRITES = 3;
    RotatedMeanwhile = class extends Failure {
      name = "RotatedMeanwhile";
      conflict = true;
      constructor() {
        super("Other runs keep replacing the credential.", "Run the step again.");
      }
    };
    ClaimNotShown = class extends Failure {
      name = "ClaimNotShown";
      constructor(connection, instance) {
        super(
          `The credential of the integration "${instance.name}" was not replaced: Konnect accepted the label ${ROTATION_LABEL}, but does not show it. Without it, two runs could replace the credential at the same time.`,
          `Run the step again later. Or paste the PAT at ${integrationsPage(connection)}.`
        );
      }
    };
    SHORT = 4;
    SKEW = 1e3;
    USUAL = 6e4;
  }
});

// src/catalogs/konnect/health.ts
function ailmentOf(found, now) {
  if (found.tainted) return "tainted";
  return found.expires_at !== null && Date.parse(found.expires_at) <= now ? "expired" : void 0;
}
function factsOf(access2, instance, found, written2) {
  const { inputs, owner, clock } = access2;
  const status = statusOf(instance, found, clock.now(), typeof written2 === "object");
  const made = typeof written2 === "object" ? written2 : void 0;
  const digest = made?.digest ?? (instance && found && storedDigest(instance, found));
  const replaceable = digest !== void 0 || status === "missing" || (found && ailmentOf(found, clock.now())) !== void 0;
  const { azureDevOpsPat: pat } = inputs;
  const name = instance?.name ?? inputs.integrationName ?? owner.provider;
  return {
    status,
    subject: `The ${owner.provider === "azure-devops" ? "PAT" : "credential"} of the integration "${oneLine(name, 120)}"`,
    inUse: false,
    advice: written2 ? void 0 : adviceFor(access2, status, replaceable),
    integration: { name, page: integrationsPage(access2) },
    key: (0, import_node_crypto5.createHash)("sha256").update(`${inputs.catalogUrl} ${instance?.id}`).digest("hex").slice(0, 12),
    owner,
    store: "run command: register once with rotate-credential: auto",
    renewal: renewalOf(access2, replaceable),
    // The same PAT stored again is no renewal.
    credential: found ? [markOf(found.id), digest?.slice(0, 12)].filter(Boolean).join("_") : "",
    ...written2 === "planned" ? { storedOn: dayOf(clock.now()), expiresOn: void 0, recorded: void 0 } : {
      storedOn: day(found?.created_at),
      expiresOn: day(found?.expires_at),
      recorded: made ? made.day : found && markedExpiry(instance?.labels?.[EXPIRY_LABEL], found.id)
    },
    fromPat: written2 ? true : digest && pat && instance ? digest === patDigest(instance.id, pat) : void 0
  };
}
function renewalOf(access2, replaceable) {
  if (access2.owner.provider !== "azure-devops")
    return [`Authorize the integration again at ${integrationsPage(access2)} .`];
  const always = replaceable ? "" : ", and with rotate-credential: always, because the present one was not made by it";
  return [
    makingOf(access2.owner),
    "Put it into the secret of azure-devops-pat, in every pipeline that uses it, and its last day into the variable beside it.",
    `Run command: register once, with pat-expires-on set to that day${always}. It proves the PAT first, then replaces the old one; resources and mappings stay.`
  ];
}
function day(timestamp) {
  const time = Date.parse(timestamp ?? "");
  return Number.isNaN(time) ? void 0 : dayOf(time);
}
function statusOf(instance, found, now, fresh) {
  if (!found) return "missing";
  return ailmentOf(found, now) ?? (instance?.authorized || fresh ? "valid" : "unauthorized");
}
function adviceFor(access2, status, replaceable) {
  if (status === "valid") return void 0;
  const { inputs, owner } = access2;
  const state = {
    missing: "is missing",
    tainted: "was refused by the host (tainted)",
    expired: "has expired",
    unauthorized: "is not authorized"
  }[status];
  return {
    problem: `The credential of the integration ${state}: Konnect cannot read the repositories of "${oneLine(owner.organization, 80)}".`,
    cure: `To repair it, ${cure()}.`
  };
  function cure() {
    if (owner.provider !== "azure-devops") return `authorize it at ${integrationsPage(access2)}`;
    if (inputs.command === "remind")
      return `run command: register once, with azure-devops-pat set to a PAT with the scope Code: Read in this organization${replaceable ? "" : ", and with rotate-credential: always"}`;
    if (status === "unauthorized" && inputs.azureDevOpsPat)
      return "run the step once with rotate-credential: always";
    if (inputs.rotateCredential === "never")
      return "run the step with rotate-credential: auto and a PAT that works";
    return "set azure-devops-pat to a PAT with the scope Code: Read in this organization, and this step will replace it";
  }
}
function missingPermissions(found) {
  return (found?.missing_permissions ?? []).slice(0, MOST_WARNINGS).map(
    ({ scopes, message }) => oneLine(`The credential lacks ${scopes.filter(Boolean).join(", ") || "a permission"}: ${message}`)
  );
}
var import_node_crypto5, MOST_WARNINGS;
var init_health = __esm({
  "src/catalogs/konnect/health.ts"() {
    "use strict";
    import_node_crypto5 = require("node:crypto");
    init_dates();
    init_pat();
    init_text();
    init_connection();
    init_naming();
    init_rotation();
    MOST_WARNINGS = 9;
  }
});

// src/catalogs/konnect/replacement.ts
async function replaceCredential(replacement) {
  const { connection, instance, old } = replacement;
  connection.progress.info(
    `Replacing the credential of the integration "${instance.name}". If this run is killed before that is done, the integration may have no credential. ${repairOf(connection)}`
  );
  const refusal = await remove(replacement);
  const { found, ours } = await storeInItsPlace(replacement, refusal === void 0);
  if (found.id === old.id) {
    connection.progress.info("The old credential is still there.");
    throw stillThere(instance, refusal);
  }
  if (!ours) throw new RotatedMeanwhile();
  return found;
}
async function storeInItsPlace(replacement, accepted) {
  const { connection, instance, old, headers, pat } = replacement;
  let removed = accepted ? true : void 0;
  let storing = false;
  let made;
  const look = async (critical) => {
    const found2 = await readCredential(connection, instance, critical);
    removed = found2?.id !== old.id;
    return found2;
  };
  const place = {
    title: `credential of the integration "${instance.name}"`,
    hidden: "Give the catalog-token the role Integration Admin, and run the step again.",
    settling: WITHOUT_CREDENTIAL,
    find: () => look(true),
    async create() {
      storing = true;
      made = await storeCredential(connection, instance, headers, pat, true);
      return made;
    }
  };
  let found;
  try {
    const ensured = await ensure(place, { plan: false, clock: connection.steadyClock });
    found = ensured.value;
    storing = ensured.operation === "created";
  } catch (error2) {
    const last = await look("last").then(
      (value) => ({ value }),
      () => void 0
    );
    found = last?.value;
    if (!found) throw new CredentialRemoved(connection, instance, last ? "seen" : removed, error2);
  }
  if (!found) throw new RotatedMeanwhile();
  const ours = found.id === made?.id || storing && !await isAnothers(replacement, found);
  return { found, ours };
}
async function isAnothers({ connection, instance, pat }, found) {
  const { labels: labels2 } = await readInstance(connection, instance, true).catch(() => instance);
  const marked = markedDigest(labels2?.[PAT_LABEL], found.id);
  return marked !== void 0 && marked !== patDigest(instance.id, pat);
}
async function remove({ connection, instance, confirm: confirm2 }) {
  let asked = false;
  const before = () => {
    confirm2();
    asked = true;
  };
  try {
    await connection.client.delete(credentialPath(instance), { critical: "sent", before });
    return void 0;
  } catch (refusal) {
    if (!asked) throw refusal;
    return refusal;
  }
}
function stillThere(instance, refusal) {
  if (refusal === void 0)
    return again(
      `Konnect answered that the old credential of the integration "${instance.name}" was deleted, but it is still there.`,
      "Run the step again later."
    );
  const { maybeProcessed, conflict, status, cure } = refusal;
  return maybeProcessed || conflict || status === 404 ? again(messageOf(refusal), cure) : refusal;
}
function again(message, cure) {
  return Object.assign(new Failure(message, cure), { conflict: true });
}
function repairOf(connection) {
  return `Run this step again: it stores the credential. Or paste the PAT at ${integrationsPage(connection)}.`;
}
var WITHOUT_CREDENTIAL, CredentialRemoved;
var init_replacement = __esm({
  "src/catalogs/konnect/replacement.ts"() {
    "use strict";
    init_ensure();
    init_errors();
    init_pat();
    init_auth_credential();
    init_connection();
    init_naming();
    init_rotation();
    WITHOUT_CREDENTIAL = [401, 403, 404, 429];
    CredentialRemoved = class extends Failure {
      name = "CredentialRemoved";
      /** Whether it is certain that the old one was removed. */
      certain;
      /** @param missing whether the old one was removed, as far as that is known; `seen` when nothing was there at last */
      constructor(connection, instance, missing2, cause) {
        const old = `old credential of the integration "${instance.name}"`;
        const happened = missing2 ? `The ${old} was removed, but the new one could not be stored` : `It is unknown whether the ${old} was removed; no new one was stored`;
        const now = missing2 === "seen" ? "the integration has no credential now, and Konnect cannot read the organization until this is repaired" : "the integration may have no credential now";
        const cure = cause instanceof Failure && cause.cure ? ` ${cause.cure}` : "";
        super(`${happened}: ${now}. ${messageOf(cause)}`, `${repairOf(connection)}${cure}`);
        this.certain = Boolean(missing2);
      }
    };
  }
});

// src/catalogs/konnect/credential-from-pat.ts
function credentialFromPat(connection, instance, pat, ahead, existed) {
  const { clock, inputs, progress } = connection;
  const digest = patDigest(instance.id, pat);
  let first;
  const read3 = aheadThen(ahead, () => readCredential(connection, instance));
  return {
    title: `credential of the integration "${instance.name}"`,
    repair: "replaced",
    hidden: "Give the catalog-token the role Integration Admin, and run the step again.",
    settling: existed ? [] : FRESH,
    async find() {
      const found = await read3();
      first ??= found;
      return found;
    },
    differs(found) {
      if (inputs.rotateCredential === "never") return [];
      const ailment = ailmentOf(found, clock.now());
      if (ailment) return [`it is ${ailment}`];
      if (inputs.rotateCredential === "always" && found.id === first?.id)
        return ["rotate-credential is always"];
      const stored = storedDigest(instance, found);
      if (stored === void 0 && found.id === first?.id)
        progress.info(
          "It is not known which PAT the credential was made from, so it is left alone (rotate-credential: always replaces it)."
        );
      return stored === void 0 || stored === digest ? [] : ["it was made from another PAT"];
    },
    permit: () => connection.provePat("The credential needs a PAT."),
    create: async () => storeCredential(connection, instance, await headerNames(connection), pat, "sent"),
    async update(old) {
      const headers = await headerNames(connection);
      return underClaim(connection, instance, old, digest, async (confirm2) => {
        const current2 = await readCredential(connection, instance);
        if (current2?.id !== old.id) throw new RotatedMeanwhile();
        return replaceCredential({ connection, instance, old, headers, pat, confirm: confirm2 });
      });
    }
  };
}
var init_credential_from_pat = __esm({
  "src/catalogs/konnect/credential-from-pat.ts"() {
    "use strict";
    init_ahead();
    init_ensure();
    init_pat();
    init_auth_credential();
    init_health();
    init_replacement();
    init_rotation();
  }
});

// src/catalogs/konnect/notes.ts
function notesOf(made, digest) {
  return { [PAT_LABEL]: patMark(made.id, digest), [ROTATION_LABEL]: null };
}
function areNoted({ labels: labels2 }, wanted) {
  return Object.entries(wanted).every(([name, value]) => (labels2?.[name] ?? null) === value);
}
async function note(connection, instance, wanted) {
  await ensure(labelling(connection, instance, wanted, true), connection);
}
async function noteToTheEnd(connection, instance, wanted, existed) {
  const { steadyClock: clock } = connection;
  try {
    await ensure(labelling(connection, instance, wanted, existed, true), { plan: false, clock });
  } catch (error2) {
    await write2(connection, instance, wanted, "last").catch(() => {
      throw error2;
    });
  }
}
function labelling(connection, instance, wanted, existed, critical) {
  const read3 = () => readInstance(connection, instance, critical);
  return {
    title: `labels of the integration "${instance.name}"`,
    hidden: "Give the catalog-token the role Integration Admin.",
    settling: existed ? [] : FRESH,
    find: aheadThen(existed ? read3() : Promise.resolve(instance), read3),
    differs: (found) => areNoted(found, wanted) ? [] : ["labels"],
    create: read3,
    update: () => write2(connection, instance, wanted, critical)
  };
}
function write2({ client }, instance, labels2, critical) {
  return client.patch(instancePath(instance), { labels: labels2 }, IntegrationInstance, { critical });
}
var init_notes = __esm({
  "src/catalogs/konnect/notes.ts"() {
    "use strict";
    init_ahead();
    init_ensure();
    init_connection();
    init_naming();
    init_rotation();
    init_schemas();
  }
});

// src/catalogs/konnect/credential.ts
async function ensureCredential(connection, instance, existed) {
  const { inputs, progress, repository, plan } = connection;
  const title = titleOf(connection);
  if (!instance) {
    tell(connection, "credential", title, wouldCreate());
    progress.credential(factsOf(connection, void 0, void 0, "planned"));
    return void 0;
  }
  const ahead = early(existed ? readCredential(connection, instance) : Promise.resolve(void 0));
  const pat = repository.provider === "azure-devops" ? inputs.azureDevOpsPat : void 0;
  const ensured = pat ? await ensure(credentialFromPat(connection, instance, pat, ahead, existed), connection).catch(
    (error2) => tellRemoval(connection, instance, error2)
  ) : checked(await ahead);
  const { value, operation } = ensured;
  for (const warning2 of missingPermissions(value)) progress.warning(warning2);
  if (operation === "created" || operation === "replaced") {
    tell(connection, "credential", title, ensured);
    if (!pat || !value || plan) {
      progress.credential(factsOf(connection, instance, value, "planned"));
      return void 0;
    }
    const digest = patDigest(instance.id, pat);
    const given = stillToCome(connection) ?? dayOfSamePat(instance, await ahead, digest);
    progress.credential(factsOf(connection, instance, value, { digest, day: given }));
    await noteMade(connection, instance, existed, {
      ...notesOf(value, digest),
      [EXPIRY_LABEL]: given ? expiryMark(value.id, given) : null
    });
    return void 0;
  }
  const facts = await factsNow(connection, instance, value);
  progress.credential(facts);
  const marked = pat ? await finishNoting(connection, instance, ensured) : ensured;
  tell(connection, "credential", title, await recordExpiry(connection, instance, marked, facts));
  const advice = facts.advice && `${facts.advice.problem} ${facts.advice.cure}`;
  return facts.status === "unauthorized" && pat ? void 0 : advice;
}
async function inspectCredential(access2, instance) {
  const found = await readCredential(access2, instance);
  tell(access2, "credential", titleOf(access2), checked(found));
  for (const warning2 of missingPermissions(found)) access2.progress.warning(warning2);
  return factsNow(access2, instance, found);
}
function stillToCome({ inputs: { patExpiresOn }, clock }) {
  return patExpiresOn && patExpiresOn >= dayOf(clock.now()) ? patExpiresOn : void 0;
}
function dayOfSamePat(instance, old, digest) {
  if (!old || storedDigest(instance, old) !== digest) return void 0;
  return markedExpiry(instance.labels?.[EXPIRY_LABEL], old.id);
}
function titleOf({ owner }) {
  return `for ${owner.organization}`;
}
async function factsNow(access2, instance, found) {
  const now = found && !instance.authorized ? await readInstance(access2, instance) : instance;
  return factsOf(access2, now, found);
}
async function noteMade(connection, instance, existed, wanted) {
  try {
    await noteToTheEnd(connection, instance, wanted, existed);
  } catch (error2) {
    connection.progress.warning(
      `The credential is stored, but not which PAT it was made from; the next rotation needs rotate-credential: always. ${explain(error2)}`
    );
  }
}
async function finishNoting(connection, instance, found) {
  const digest = found.value && unmarkedDigest(instance, found.value);
  if (!found.value || !digest) return found;
  try {
    await note(connection, instance, notesOf(found.value, digest));
    return { ...found, operation: "updated", differences: ["its mark"] };
  } catch (error2) {
    connection.progress.warning(
      `An earlier run stored the credential and was stopped. It could not be recorded which PAT that was made from. ${explain(error2)}`
    );
    return found;
  }
}
async function recordExpiry(connection, instance, found, facts) {
  const day2 = stillToCome(connection);
  if (!day2 || !found.value || facts.owner.provider !== "azure-devops") return found;
  if (connection.inputs.azureDevOpsPat && facts.fromPat !== true) {
    if (facts.fromPat === void 0)
      connection.progress.warning(
        `It is not known which PAT the credential was made from, so the azure-devops-pat that is given was not stored, and its last day (${day2}) is not recorded. To store it, run the step once with rotate-credential: always.`
      );
    return found;
  }
  const wanted = { [EXPIRY_LABEL]: expiryMark(found.value.id, day2) };
  if (areNoted(instance, wanted)) return found;
  try {
    await note(connection, instance, wanted);
    return { ...found, operation: "updated", differences: [...found.differences, "last day"] };
  } catch (error2) {
    connection.progress.warning(
      `The last day of the PAT (${day2}) is not recorded, so a later reminder will not know it. ${explain(error2)}`
    );
    return found;
  }
}
function tellRemoval(connection, instance, error2) {
  if (error2 instanceof CredentialRemoved) {
    tell(connection, "credential", titleOf(connection), {
      operation: "replaced",
      value: void 0,
      differences: [`it ${error2.certain ? "is" : "may be"} removed, and no other is stored`]
    });
    if (error2.certain) connection.progress.credential(factsOf(connection, instance, void 0, "planned"));
  }
  throw error2;
}
function checked(value) {
  return { operation: value ? "unchanged" : "skipped", value, differences: [] };
}
var init_credential = __esm({
  "src/catalogs/konnect/credential.ts"() {
    "use strict";
    init_ahead();
    init_dates();
    init_ensure();
    init_errors();
    init_pat();
    init_auth_credential();
    init_connection();
    init_credential_from_pat();
    init_health();
    init_naming();
    init_notes();
    init_replacement();
    init_rotation();
  }
});

// src/catalogs/konnect/describe.ts
function describeByManifest(manifest, instance, repository) {
  const types = Object.entries(manifest?.resource_types ?? {});
  const filled = types.flatMap(([type, { schema }]) => {
    const config2 = fill(schema.definition, repository);
    return config2 ? [{ integration_instance: instance.id, type, config: config2 }] : [];
  });
  if (filled.length === 1 && filled[0]) return filled[0];
  if (filled.length > 1)
    return `several resource types may describe it (${filled.map(({ type }) => type).join(", ")})`;
  const needs = types.map(([type, { schema }]) => `${type}: ${Object.keys(schema.definition).join(", ")}`);
  return `not everything that Konnect describes it by is known (${needs.join("; ") || "no resource types"})`;
}
function fill(definition, repository) {
  const config2 = {};
  let saysRepository = false;
  for (const [key, type] of Object.entries(definition)) {
    const word = key.replace(/([a-z])([A-Z])/gu, "$1_$2").toLowerCase();
    const value = MEANINGS.find(([pattern]) => pattern.test(word))?.[1](repository);
    if (value === void 0) return void 0;
    if (type === "string") config2[key] = value;
    else if (type === "number" && /^\d+$/u.test(value)) config2[key] = Number(value);
    else return void 0;
    saysRepository ||= /repo|full_?name/u.test(word);
  }
  return saysRepository ? config2 : void 0;
}
var MEANINGS;
var init_describe = __esm({
  "src/catalogs/konnect/describe.ts"() {
    "use strict";
    init_repository();
    MEANINGS = [
      [/^(?:repo|repository)_?(?:id|guid)$/u, ({ id: id2 }) => id2],
      [/^project_?(?:id|guid)$/u, ({ projectId }) => projectId],
      [/^(?:organization|org|account)(?:_?name)?$/u, ({ organization }) => organization],
      [
        /^owner(?:_?name)?$/u,
        ({ provider, organization }) => provider === "azure-devops" ? void 0 : organization
      ],
      [/^project(?:_?name)?$/u, ({ project }) => project],
      [/^(?:repo|repository)(?:_?name)?$/u, ({ name }) => name],
      [
        /^(?:repo|repository)?_?full_?name$/u,
        (repository) => repository.provider === "azure-devops" ? void 0 : fullName(repository)
      ]
    ];
  }
});

// src/catalogs/konnect/description.ts
function descriptionOf({ config: config2, name, integration_data }) {
  return {
    config: leaves(config2),
    name: { path: ["name"], value: name ?? "" },
    data: leaves(integration_data ?? {}).filter(
      ({ path }) => path.slice(0, -1).every((part) => OWN.test(part))
    )
  };
}
function allOf({ config: config2, name, data }) {
  return [...config2, name, ...data];
}
function leaves(value, path = []) {
  if (typeof value === "string" || typeof value === "number") return [{ path, value: String(value) }];
  if (typeof value !== "object" || value === null || path.length > 8) return [];
  return Object.entries(value).flatMap(([name, child]) => leaves(child, [...path, name.toLowerCase()]));
}
function addressIn({ value }, provider) {
  if (/:\/\/|@/u.test(value)) return parseRepositoryUrl(value, provider);
  const bare = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?\/./u.test(value);
  return bare ? parseRepositoryUrl(`https://${value}`, provider) : void 0;
}
function hostsOf(resource, provider) {
  return allOf(descriptionOf(resource)).flatMap(
    (leaf) => (isHost(leaf) ? leaf.value : addressIn(leaf, provider)?.host) ?? []
  );
}
function isHost({ path, value }) {
  return namesHost(path.at(-1) ?? "") && /[.:]/u.test(value);
}
function hostIn(leaf, repository) {
  const { value } = leaf;
  const { provider, name, id: id2 } = repository;
  if (isHost(leaf)) return value;
  const address2 = addressIn(leaf, provider);
  if (address2?.provider === provider && equal(fullName(address2), fullName(repository))) return address2.host;
  if (equal(addressIn(leaf)?.name, name)) return address2?.host;
  const hasId = id2?.includes("-") && value.toLowerCase().includes(id2.toLowerCase());
  return hasId && /^https?:/iu.test(value) && URL.canParse(value) ? new URL(value).origin : void 0;
}
function equal(left, right) {
  return left?.toLowerCase() === right.toLowerCase();
}
var OWN;
var init_description = __esm({
  "src/catalogs/konnect/description.ts"() {
    "use strict";
    init_repository();
    init_repository_url();
    init_hosts();
    OWN = /^(?:repo(?:sitory)?|project|owner|organization|org|namespace|group|_?links|urls?|web|html|self|clone|remote|https?|ssh)$/u;
  }
});

// src/catalogs/konnect/place.ts
function placeOf({ config: config2 }) {
  const hosts = Object.entries(config2).flatMap(
    ([key, value]) => namesAddress(key) && typeof value === "string" && value !== "" ? [value] : []
  );
  const { organization: text } = config2;
  if (typeof text !== "string") return { organization: void 0, hosts };
  const { organization, host } = parseOrganization(text) ?? {
    organization: text
  };
  return { organization, hosts: host === void 0 ? hosts : [...hosts, host] };
}
async function readingHost(access2, instances) {
  const home = homeOf(access2.owner);
  const manifest = await readManifest(access2);
  const fields = Object.keys(manifest?.config_schema ?? {}).filter(namesAddress);
  const verdicts = await Promise.all(
    instances.map(
      async (instance) => fields.some((field) => sameHost(String(instance.config[field] ?? ""), home)) || await hasResourcesAt(access2, instance, home)
    )
  );
  const reading = instances.filter((_, index) => verdicts[index]);
  if (reading.length === 0) throw notRead(access2, fields);
  return reading;
}
async function hasResourcesAt({ client, owner }, instance, home) {
  const resources = await client.peek("/resources", CatalogResource, {
    "integration.instance.id": { eq: instance.id }
  });
  const hosts = resources.map((resource) => hostsOf(resource, owner.provider));
  const isHere = (told) => told.some((host) => sameHost(host, home));
  return hosts.some(isHere) && !hosts.some((told) => !isHere(told) && told.some((host) => sameHost(host, cloudOf(owner))));
}
function checkReadable({ owner }) {
  if (owner.provider !== "gitlab" || isOnCloud(owner)) return;
  throw new Failure(
    `Konnect cannot read ${hostName(owner.host)}: its gitlab integration reads gitlab.com only, since self-managed GitLab was removed on 2026-10-26. Nothing was changed.`,
    OTHER_CATALOG
  );
}
function notRead({ owner }, [field]) {
  const host = hostName(owner.host);
  const cloud = cloudOf(owner);
  const { organization, provider } = owner;
  const cures = [
    provider === "azure-devops" ? `If "${organization}" is on dev.azure.com, set azure-devops-url to ${cloud}.` : "",
    field ? `To have Konnect read ${host}, create an integration in Konnect with its field "${field}" set to that host.` : "",
    OTHER_CATALOG
  ];
  return new Failure(
    `Konnect's ${provider} integration is not known to read ${host}: its documentation names ${hostName(cloud)} only, and no integration for "${organization}" has the address or the repositories of ${host}. Nothing was changed.`,
    cures.filter(Boolean).join(" ")
  );
}
var OTHER_CATALOG;
var init_place = __esm({
  "src/catalogs/konnect/place.ts"() {
    "use strict";
    init_azure_address();
    init_errors();
    init_repository();
    init_description();
    init_hosts();
    init_manifest();
    init_schemas();
    OTHER_CATALOG = "To connect repositories of this host, use a catalog that reads it (catalog: backstage).";
  }
});

// src/catalogs/konnect/matching.ts
function matchResource(resources, repository) {
  const ranked = repositoriesAmong(resources).map((resource) => ({
    resource,
    rank: FITS.indexOf(fitOf(resource, repository))
  }));
  const best = Math.max(0, ...ranked.map(({ rank: rank2 }) => rank2));
  const winners = ranked.filter(({ rank: rank2 }) => rank2 === best && rank2 > 0).map(({ resource }) => resource);
  const [winner] = winners;
  if (best <= FITS.indexOf("similar") || !winner) return { kind: "none", similar: winners };
  return winners.length === 1 ? { kind: "one", resource: winner } : { kind: "several", resources: winners };
}
function repositoriesAmong(resources) {
  const named2 = resources.filter(({ type }) => /repo/iu.test(type));
  return named2.length > 0 ? named2 : resources;
}
function predecessorsOf(resources, repository) {
  const { id: _, ...byPath } = repository;
  return repositoriesAmong(resources).filter(
    (resource) => anotherIdOf(resource, repository) !== void 0 && matchResource([resource], byPath).kind === "one"
  );
}
function anotherIdOf(resource, repository) {
  const { config: config2, data } = descriptionOf(resource);
  return [...config2, ...data].find((leaf) => isAnotherId(leaf, repository))?.value;
}
function fitOf(resource, repository) {
  const description = descriptionOf(resource);
  const { config: config2, name, data } = description;
  const identifying = [...config2, name];
  const all = allOf(description);
  const home = homeOf(repository);
  const hosts = all.flatMap((leaf) => hostIn(leaf, repository) ?? []);
  if (hosts.length > 0 && !hosts.some((host) => sameHost(host, home))) return "no";
  if (config2.some((leaf) => isId(leaf, repository))) return "id in config";
  if (config2.some((leaf) => isAnotherId(leaf, repository))) return "no";
  if (data.some((leaf) => isId(leaf, repository))) return "id";
  if (data.some((leaf) => isAnotherId(leaf, repository))) return "no";
  if (all.some((leaf) => pointsAt(leaf, repository))) return "url";
  if (identifying.some((leaf) => isElsewhere(leaf, repository))) return "no";
  if (all.some((leaf) => isWholePath(leaf, repository))) return "path";
  if (!all.some((leaf) => isName(leaf, repository) && same2(leaf.value, repository.name))) return "no";
  return all.some((leaf) => isOwner(leaf, repository)) ? "path" : "similar";
}
function isIdPlace(path) {
  return /(?:^|[._])repo(?:sitory)?[._]?(?:gu|uu)?id$|^(?:gu|uu)?id$/u.test(path.join("."));
}
function isId({ path, value }, { id: id2 }) {
  if (!id2) return false;
  if (/^\d+$/u.test(id2)) return value === id2 && isIdPlace(path);
  return value.toLowerCase().split("/").includes(id2.toLowerCase());
}
function isAnotherId({ path, value }, { id: id2 }) {
  return id2 !== void 0 && isIdPlace(path) && formOf(value) === formOf(id2) && !same2(value, id2);
}
function formOf(id2) {
  if (/^\d+$/u.test(id2)) return "digits";
  return isGuid(id2) ? "GUID" : "other";
}
function pointsAt(leaf, repository) {
  const address2 = addressIn(leaf, repository.provider);
  return address2 !== void 0 && samePath(address2, { ...repository, host: homeOf(repository), behind: void 0 });
}
function isElsewhere(leaf, repository) {
  const { path, value } = leaf;
  const key = path.join(".");
  if (isOwnerName(path, repository)) return !isOwner(leaf, repository);
  if (isProjectId(path)) return repository.projectId !== void 0 && !isOwner(leaf, repository);
  if (value.includes("/")) return same2(lastSegment(value), repository.name) && !isWholePath(leaf, repository);
  return /(?:^|[._])repo(?:sitory)?(?:[._]?name)?$/u.test(key) && !same2(value, repository.name);
}
function isProjectId(path) {
  return /(?:^|[._])project[._]?(?:gu|uu)?id$/u.test(path.join("."));
}
function isName({ path }, repository) {
  return !isOwnerName(path, repository) && /(?:^|[._])(?:repo(?:sitory)?|(?:repo(?:sitory)?_?)?name|slug)$/u.test(path.join("."));
}
function isOwnerName(path, { provider }) {
  const owner = provider === "azure-devops" ? OWNER["azure-devops"] : OWNER.other;
  const [last = "", before = ""] = [...path].reverse();
  return owner.test(last.replace(/_?name$/u, "")) || owner.test(before) && /^(?:name|login|path)$/u.test(last);
}
function isOwner({ path, value }, repository) {
  if (isProjectId(path)) return same2(value, repository.projectId);
  const owner = repository.provider === "azure-devops" ? repository.project : repository.organization;
  return isOwnerName(path, repository) && same2(value, owner);
}
function isWholePath({ value }, repository) {
  const short = repository.project === void 0 ? void 0 : `${repository.project}/${repository.name}`;
  return same2(value, fullName(repository)) || same2(value, short);
}
function lastSegment(path) {
  const segment = path.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
function same2(a, b) {
  return b !== void 0 && a.trim().toLowerCase() === b.toLowerCase();
}
var FITS, OWNER;
var init_matching = __esm({
  "src/catalogs/konnect/matching.ts"() {
    "use strict";
    init_azure_address();
    init_repository();
    init_description();
    init_hosts();
    FITS = ["no", "similar", "path", "url", "id", "id in config"];
    OWNER = {
      "azure-devops": /^project$/u,
      other: /^(?:owner|organization|org|group|namespace|account)$/u
    };
  }
});

// src/catalogs/konnect/search.ts
async function listCandidates(connection, instance) {
  const { client, inputs, repository } = connection;
  if (inputs.resourceId) return { repository, resources: await readChosen(connection, inputs.resourceId) };
  const scope = instance ? { "integration.instance.id": { eq: instance.id } } : inputs.integrationName ? { "integration.instance.name": { eq: inputs.integrationName } } : { "integration.name": { eq: repository.provider } };
  try {
    const name = { ocontains: searchTerms(repository) };
    return { repository, resources: await client.walk("/resources", CatalogResource, { ...scope, name }) };
  } catch (error2) {
    if (error2 instanceof TooManyRecords) return { repository, resources: [], tooMany: error2 };
    throw error2;
  }
}
async function readChosen({ client }, id2) {
  try {
    return [await client.get(`/resources/${id2}`, CatalogResource)];
  } catch (error2) {
    if (error2 instanceof KonnectError && error2.status === 404) return [];
    throw error2;
  }
}
function isStillOf({ repository }, now) {
  return searchTerms(repository).join() === searchTerms(now).join();
}
function searchTerms({ name, id: id2 }) {
  const longest = name.split(",").reduce((a, b) => b.length > a.length ? b : a);
  return [.../* @__PURE__ */ new Set([longest, encodeURIComponent(longest), ...id2?.includes("-") ? [id2] : []])];
}
async function listById({ client, repository }, instance) {
  if (!repository.id) return [];
  try {
    return await client.walk("/resources", CatalogResource, {
      "integration.instance.id": { eq: instance.id },
      config: { contains: repository.id.toLowerCase() }
    });
  } catch (error2) {
    if (error2 instanceof KonnectError && error2.status === 400) return [];
    throw error2;
  }
}
async function listByExactName({ client, repository }, instance) {
  const { name, project } = repository;
  const names = [name, `${project}/${name}`, fullName(repository)].filter((one) => !one.includes(","));
  if (names.length === 0) return [];
  return client.walk("/resources", CatalogResource, {
    "integration.instance.id": { eq: instance.id },
    name: { oeq: names }
  });
}
var init_search = __esm({
  "src/catalogs/konnect/search.ts"() {
    "use strict";
    init_repository();
    init_client();
    init_errors2();
    init_schemas();
  }
});

// src/catalogs/konnect/resource.ts
async function locate(connection, instance, candidates) {
  const { inputs, repository } = connection;
  if (inputs.resourceId)
    return { resource: chosen(inputs.resourceId, instance, candidates.resources), former: [], repository };
  let known = connection;
  let listed = candidates;
  if (matchResource(of(instance, candidates), repository).kind !== "one") {
    const isExact = repository.id && !isGuid(repository.name);
    const exact = isExact ? void 0 : await connection.identify();
    if (exact) known = { ...connection, repository: exact };
    if (!listed.tooMany && !isStillOf(listed, known.repository))
      listed = await listCandidates(known, instance);
  }
  const resource = await search(known, instance, listed);
  if (!resource) checkEnabled(known.repository);
  const former = predecessorsOf(of(instance, listed), known.repository).filter(
    ({ type }) => type === (resource?.type ?? type)
  );
  return { resource, former, repository: known.repository };
}
async function search(connection, instance, candidates) {
  const named2 = theOne(connection, of(instance, candidates));
  if (named2) return named2;
  const { tooMany } = candidates;
  if (tooMany && !connection.repository.id) throw tooMany;
  const found = theOne(connection, await listById(connection, instance));
  if (found || !tooMany) return found;
  return theOne(connection, await listByExactName(connection, instance));
}
function of(instance, { resources }) {
  return resources.filter((one) => one.integration.instance.id === instance.id);
}
function theOne(connection, resources) {
  const match = matchResource(resources, connection.repository);
  if (match.kind === "one") return notArchived(match.resource);
  const unsure = match.kind === "several" ? match.resources : match.similar;
  if (unsure.length > 0) throw uncertain(connection, unsure);
  return void 0;
}
function checkEnabled(repository) {
  if (!("disabled" in repository && repository.disabled)) return;
  throw new Failure(
    `The repository ${fullName(repository)} is disabled in Azure DevOps, so Konnect cannot discover it.`,
    "Enable it in Azure DevOps (Project settings > Repositories > Settings), then run the step again."
  );
}
function chosen(id2, instance, [found]) {
  if (found?.integration.instance.id === instance.id) return notArchived(found);
  const where = found ? `belongs to the integration "${oneLine(found.integration.instance.name, 130)}", not "${instance.name}"` : "does not exist";
  throw new Failure(
    `The resource ${id2} ${where}.`,
    "Correct resource-id, or leave it out to search for the repository."
  );
}
function notArchived(resource) {
  if (!resource.archived) return resource;
  throw new Failure(
    `The resource "${oneLine(resource.name ?? "")}" (${resource.id}) is archived in Konnect, and cannot be mapped.`,
    "Somebody archived it on purpose or by mistake: unarchive it in Konnect, then run the step again."
  );
}
function uncertain({ repository }, resources) {
  const list = resources.map(
    (one) => `${one.id}: ${oneLine(one.name ?? "", 120)} (${oneLine(one.type, 60)}) ${oneLine(JSON.stringify(one.config), 160)}`
  );
  return new Failure(
    `It is not certain which resource is the repository ${fullName(repository)}:
${bullets(list)}`,
    repository.id || repository.provider !== "azure-devops" ? "Set resource-id to the right one." : "Set resource-id to the right one, or azure-devops-pat: with it, Azure DevOps tells the ID of the repository."
  );
}
async function awaitDiscovery(connection, instance) {
  const { clock, inputs, progress, repository } = connection;
  const start = clock.now();
  const waited = () => clock.now() - start;
  let candidates;
  for (let pause = FIRST_PAUSE3; waited() < inputs.waitTimeout; pause = Math.min(pause * 1.5, LONGEST_PAUSE3)) {
    progress.info(
      `Konnect has not discovered ${fullName(repository)} yet: waited ${seconds(waited())} of ${seconds(inputs.waitTimeout)}.`
    );
    await clock.sleep(Math.min(pause, inputs.waitTimeout - waited()));
    if (!candidates?.tooMany) candidates = await listCandidates(connection, instance);
    const found = await search(connection, instance, candidates);
    if (found) return found;
  }
  throw new NotDiscovered(repository, instance, seconds(waited()));
}
function seconds(milliseconds) {
  return `${Math.round(milliseconds / 1e3)} s`;
}
var FIRST_PAUSE3, LONGEST_PAUSE3, NotDiscovered;
var init_resource = __esm({
  "src/catalogs/konnect/resource.ts"() {
    "use strict";
    init_azure_address();
    init_errors();
    init_repository();
    init_text();
    init_matching();
    init_search();
    FIRST_PAUSE3 = 1e3;
    LONGEST_PAUSE3 = 15e3;
    NotDiscovered = class extends Failure {
      name = "NotDiscovered";
      constructor(repository, instance, waited) {
        super(
          `Konnect has not discovered the repository ${fullName(repository)} in the integration "${instance.name}", after waiting ${waited} (wait-timeout).`,
          `Check that the repository is in the organization that the integration reads, that the owner of its credential may read it (Code: Read), and that it is not disabled or archived. "Sync Now" on the integration's page in Konnect starts a discovery at once. Then run the step again, with a longer wait-timeout if need be; or set fail-on-pending: false, and the next run goes on from there.`
        );
      }
    };
  }
});

// src/catalogs/konnect/integration.ts
async function ensureIntegration(connection) {
  const ensured = await ensure(integration(connection), connection);
  const { inputs, repository } = connection;
  tell(
    connection,
    "integration",
    ensured.value?.name ?? inputs.integrationName ?? repository.provider,
    ensured
  );
  return { instance: ensured.value, existed: ensured.operation !== "created" };
}
function listInstances({ client, inputs, owner }) {
  const filter = inputs.integrationName ? { name: { eq: inputs.integrationName } } : { "integration.name": { eq: owner.provider } };
  return client.list(INSTANCES, IntegrationInstance, filter);
}
async function findIntegration(access2) {
  const { integrationName: name } = access2.inputs;
  checkReadable(access2);
  const instances = await listInstances(access2);
  if (name)
    checkNamed(
      access2,
      instances.find((one) => one.name === name)
    );
  const ours = instances.filter((one) => (!name || one.name === name) && readsOurs(access2, one));
  const reading = isOnCloud(access2.owner) ? ours : await readingHost(access2, ours);
  if (reading.length > 1) throw severalInstances(access2, reading);
  return reading[0];
}
function integration(connection) {
  const { client, inputs, repository } = connection;
  const name = inputs.integrationName ?? CREATED_NAME;
  const wanted = inputs.integrationDisplayName;
  return {
    title: `integration "${name}"`,
    hidden: `Its name may be taken by an instance that this catalog-token may not see. Give the token the role Integration Viewer, or set another integration-name.`,
    find: () => findIntegration(connection),
    differs: (found) => wanted !== void 0 && found.display_name !== wanted ? ["display name"] : [],
    async permit(found) {
      if (found) return;
      if (repository.provider !== "azure-devops") throw await madeInBrowser(connection);
      if (inputs.integrationName) await warnOfOthers(connection);
      else
        await checkNamed(
          connection,
          (await client.list(INSTANCES, IntegrationInstance, { name: { eq: name } }))[0]
        );
      await connection.provePat(
        `There is no integration for the organization "${repository.organization}" yet, and none is made without a credential.`
      );
      checkEnabled(await connection.exactly());
    },
    async create() {
      const { organization } = await connection.exactly();
      const body = {
        integration_name: repository.provider,
        name,
        display_name: wanted ?? CREATED_DISPLAY_NAME,
        config: { organization }
      };
      return client.post(INSTANCES, body, IntegrationInstance);
    },
    update: (found) => client.patch(`${INSTANCES}/${found.id}`, { display_name: wanted }, IntegrationInstance)
  };
}
function readsOurs({ owner }, instance) {
  if (instance.integration.name !== owner.provider) return false;
  const { organization, hosts } = placeOf(instance);
  if (hosts.some((host) => !sameHost(host, homeOf(owner)))) return false;
  if (organization === void 0) return owner.provider !== "azure-devops";
  return organization.toLowerCase() === owner.organization.toLowerCase();
}
function checkNamed(access2, found) {
  if (!found || readsOurs(access2, found)) return;
  const { owner } = access2;
  const { organization = "", hosts } = placeOf(found);
  const home = homeOf(owner);
  const elsewhere = hosts.find((host) => !sameHost(host, home));
  const what = found.integration.name !== owner.provider ? `is of the integration ${oneLine(found.integration.name, 80)}, not ${owner.provider}` : elsewhere ? `reads ${oneLine(hostName(elsewhere), 80)}, not ${hostName(home)}` : `reads the organization "${oneLine(organization, 80)}", not "${owner.organization}"`;
  throw new Failure(
    `The integration "${found.name}" (${found.id}) ${what}. Others may use it, so it is left as it is.`,
    "Set another integration-name, or correct the integration by hand in Konnect."
  );
}
async function warnOfOthers(connection) {
  const { client, inputs, progress, repository } = connection;
  const instances = await client.list(INSTANCES, IntegrationInstance, {
    "integration.name": { eq: repository.provider }
  });
  const [other] = instances.filter((one) => readsOurs(connection, one));
  if (!other) return;
  progress.warning(
    `The integration "${other.name}" (${other.id}) reads the organization "${repository.organization}" already. With "${inputs.integrationName}" beside it, every run must name one of them (integration-name).`
  );
}
function severalInstances({ owner }, instances) {
  const names = instances.map((one) => `${one.name} (${one.id})`);
  return new Failure(
    `Several integrations may read the organization "${owner.organization}":
${bullets(names)}`,
    "Set integration-name to one of them."
  );
}
async function madeInBrowser(connection) {
  const { repository } = connection;
  const manifest = await readManifest(connection);
  const install = manifest?.authorization?.config?.app_install_url?.url;
  return new Failure(
    `There is no ${repository.provider} integration${connection.inputs.integrationName ? ` named "${connection.inputs.integrationName}"` : ""} in the catalog.`,
    `It is made and authorized in a browser, once for the organization: ${integrationsPage(connection)}${install ? ` (the app: ${oneLine(install, 200)})` : ""}. Then run the step again.`
  );
}
var INSTANCES, CREATED_NAME, CREATED_DISPLAY_NAME;
var init_integration = __esm({
  "src/catalogs/konnect/integration.ts"() {
    "use strict";
    init_ensure();
    init_errors();
    init_repository();
    init_text();
    init_connection();
    init_hosts();
    init_manifest();
    init_place();
    init_resource();
    init_schemas();
    INSTANCES = "/integration-instances";
    CREATED_NAME = "azure-devops";
    CREATED_DISPLAY_NAME = "Azure DevOps";
  }
});

// src/catalogs/konnect/relations.ts
function listMappings({ client }, resource) {
  return client.list("/resource-mappings", ResourceMapping, { "resource.id": { eq: resource.id } });
}
function listServicesOf({ client }, resource) {
  return client.list(`/resources/${resource.id}/catalog-services`, CatalogService);
}
function listResourcesOf({ client }, service2, id2) {
  return client.list(`/catalog-services/${service2.id}/resources`, CatalogResource, {
    id: id2 ? { eq: id2 } : void 0
  });
}
var init_relations = __esm({
  "src/catalogs/konnect/relations.ts"() {
    "use strict";
    init_schemas();
  }
});

// src/catalogs/konnect/ownership.ts
async function servicesBefore(connection, former) {
  for (const resource of former) {
    const services = await listServicesOf(connection, resource);
    if (services.length === 0 || !await wasRecreated(connection, resource, false)) continue;
    tellRecreated(connection, resource);
    return services;
  }
  return [];
}
async function checkNotAnothers(connection, found, ours) {
  const { repository } = connection;
  const mapped = await listResourcesOf(connection, found);
  const mine = repositoryMark(repository);
  const mark = found.labels?.[REPOSITORY_LABEL];
  const isOurs = (one) => {
    if (ours) return one.id === ours.id;
    const match = matchResource([one], repository);
    return match.kind === "one" || match.kind === "none" && match.similar.length > 0 && mark === mine;
  };
  const others = mapped.filter((one) => !isOurs(one) && mayBeRepository(connection, one, ours));
  for (const other of others) {
    if (!await wasRecreated(connection, other, mark === mine)) throw anothers(connection, found, other);
    tellRecreated(connection, other);
  }
  if (others.length > 0 || (mark ?? mine) === mine || mapped.some(isOurs)) return;
  throw anothers(connection, found);
}
function mayBeRepository({ repository }, resource, ours) {
  const integration2 = resource.integration.name;
  if (!PROVIDERS.some((provider) => provider === integration2)) return false;
  return !ours || integration2 !== repository.provider || resource.type === ours.type;
}
async function wasRecreated(connection, resource, isMarked) {
  const id2 = anotherIdOf(resource, connection.repository);
  if (id2 === void 0) return false;
  const exists2 = await connection.exists(id2);
  if (exists2 === false && isMarked) return true;
  return exists2 !== true && predecessorsOf([resource], connection.repository).length > 0;
}
function tellRecreated({ progress, repository }, former) {
  progress.warning(
    `The repository ${fullName(repository)} was recreated (deleted, and created again under its name), and keeps its service. The old resource ${former.id}${former.name ? ` (${oneLine(former.name, 130)})` : ""} is still mapped to that service: remove this mapping in Konnect.`
  );
}
function anothers({ repository }, { name, id: id2 }, other) {
  const whose = other ? `mapped to another repository: ${oneLine(`${other.name ?? ""} (${other.id}) ${JSON.stringify(other.config)}`)}` : "made for another repository";
  return new Failure(
    `The service "${name}" (${id2}) has the name that ${fullName(repository)} would get, but is ${whose}.`,
    "Set service-name to another name, for a service of its own, or to this name, to map both repositories to it."
  );
}
var init_ownership = __esm({
  "src/catalogs/konnect/ownership.ts"() {
    "use strict";
    init_errors();
    init_repository();
    init_text();
    init_matching();
    init_naming();
    init_relations();
  }
});

// src/catalogs/konnect/service.ts
function plannedName({ inputs, repository }) {
  return inputs.serviceName ?? serviceNameFor(repository);
}
async function readServiceByName(connection) {
  const name = plannedName(connection);
  const found = await connection.client.list(SERVICES, CatalogService, { name: { eq: name } });
  return found.find((service2) => service2.name === name);
}
async function ensureService(connection, resource, ahead) {
  const ensured = await ensure(service(connection, resource, ahead), connection);
  const name = ensured.value?.name ?? plannedName(connection);
  tell(connection, "service", name, ensured);
  connection.progress.serviceName(name);
  return { service: ensured.value, made: ensured.operation === "created" };
}
function service(connection, resource, ahead) {
  const { client, inputs, repository } = connection;
  const name = plannedName(connection);
  const byName = () => readServiceByName(connection);
  const named2 = ahead.named === void 0 ? byName : aheadThen(ahead.named, byName);
  const mapped = aheadThen(ahead.mapped, async () => resource ? listServicesOf(connection, resource) : []);
  let before;
  return {
    title: `service "${name}"`,
    hidden: "Its name may be taken by a service that this catalog-token may not see: give the token the role Service Viewer, or Service Admin of that service. Or set another service-name.",
    async find() {
      if (inputs.serviceName) return named2();
      let services = await mapped();
      if (services.length === 0) {
        before ??= servicesBefore(connection, ahead.former);
        services = await before;
      }
      if (services.length > 1) throw severalServices(connection, services);
      if (services[0]) return services[0];
      const found = await named2();
      if (found) await checkNotAnothers(connection, found, resource);
      return found;
    },
    differs: (found) => [...changesOf(connection, found).keys()],
    permit(found) {
      if (found || inputs.serviceName || repository.name.toLowerCase() !== repository.id?.toLowerCase())
        return;
      throw new Failure(
        `The service cannot be named after the repository: its address has the ID ${repository.name} in the place of the name.`,
        "Set service-name, or write the repository with its name, or set azure-devops-pat: with it, Azure DevOps tells the name."
      );
    },
    create: () => client.post(
      SERVICES,
      {
        name,
        display_name: inputs.serviceDisplayName ?? repository.name.slice(0, 120),
        ...inputs.serviceDescription === void 0 ? {} : { description: inputs.serviceDescription },
        labels: {
          ...inputs.serviceLabels,
          ...inputs.serviceName ? {} : { [REPOSITORY_LABEL]: repositoryMark(repository) }
        },
        custom_fields: Object.fromEntries(
          Object.entries(inputs.serviceCustomFields).filter(([, value]) => value !== null)
        )
      },
      CatalogService
    ),
    update: (found) => client.patch(
      `${SERVICES}/${found.id}`,
      patchOf(found, [...changesOf(connection, found).values()]),
      CatalogService
    )
  };
}
function changesOf({ inputs }, found) {
  const changes = /* @__PURE__ */ new Map();
  const { serviceDisplayName: displayName, serviceDescription: description } = inputs;
  if (displayName !== void 0 && displayName !== found.display_name)
    changes.set("display name", { field: "display_name", value: displayName });
  if (description !== void 0 && description !== found.description)
    changes.set("description", { field: "description", value: description });
  for (const [key, value] of Object.entries(inputs.serviceLabels))
    if (found.labels?.[key] !== value) changes.set(`label ${key}`, { field: "labels", key, value });
  for (const [key, value] of Object.entries(inputs.serviceCustomFields))
    if (!sameField(value, found.custom_fields?.[key]))
      changes.set(`custom field ${key}`, { field: "custom_fields", key, value });
  return changes;
}
function sameField(wanted, found) {
  if (typeof wanted === "object" && wanted !== null && typeof found === "object" && found !== null)
    return Object.entries(wanted).every(([key, value]) => found[key] === value);
  return (wanted ?? null) === (found ?? null);
}
function patchOf(found, changes) {
  const others = Object.entries(found.custom_fields ?? {}).filter(([, value]) => (value ?? null) !== null);
  const body = {};
  for (const { field, key, value } of changes) {
    const before = body[field] ?? (field === "custom_fields" ? Object.fromEntries(others) : {});
    body[field] = key === void 0 ? value : { ...before, [key]: value };
  }
  return body;
}
function severalServices({ repository }, services) {
  const list = services.map((one) => `${oneLine(one.name, 130)} (${one.id})`);
  return new Failure(
    `The repository ${fullName(repository)} is mapped to several services:
${bullets(list)}`,
    "Set service-name to the one that this step is to care for."
  );
}
var SERVICES;
var init_service = __esm({
  "src/catalogs/konnect/service.ts"() {
    "use strict";
    init_ahead();
    init_ensure();
    init_errors();
    init_repository();
    init_text();
    init_connection();
    init_naming();
    init_ownership();
    init_relations();
    init_schemas();
    SERVICES = "/catalog-services";
  }
});

// src/catalogs/konnect/mapping.ts
async function ensureMapping(connection, { service: service2, made }, target, ahead) {
  connection.progress.waiting("the mapping");
  const title = titleOf2(connection, service2);
  if (!target)
    return tell(connection, "mapping", title, wouldCreate("once Konnect has discovered the repository"));
  if (!service2) return tell(connection, "mapping", title, wouldCreate());
  const first = ahead ?? listOf(connection, service2, target);
  const ensured = await ensure(mapping(connection, service2, target, early(first), made), connection);
  if (ensured.value && !("id" in target)) connection.progress.resource(ensured.value.resource.id, "");
  tell(connection, "mapping", title, ensured);
  if (ensured.value && ensured.operation === "created")
    await confirm(connection, service2, ensured.value.resource.id);
}
function leaveMapping(connection, { service: service2 }) {
  tell(connection, "mapping", titleOf2(connection, service2), {
    operation: "pending",
    value: void 0,
    differences: ["Konnect has not discovered the repository yet"]
  });
}
function titleOf2(connection, service2) {
  return `${fullName(connection.repository)} to ${service2?.name ?? plannedName(connection)}`;
}
function mapping(connection, service2, target, ahead, made) {
  const list = aheadThen(ahead, () => listOf(connection, service2, target));
  let others = [];
  return {
    title: `mapping to the service "${service2.name}"`,
    settling: made ? FRESH : [],
    hidden: "Give the catalog-token the role Service Admin of this service, and run the step again.",
    async find() {
      const all = await list();
      others = all.filter((one) => one.service.id !== service2.id);
      return all.find((one) => one.service.id === service2.id);
    },
    permit() {
      const [other] = others;
      if (!other) return;
      if (!connection.inputs.serviceName) throw mappedElsewhere(connection, service2, other);
      connection.progress.warning(
        `The repository is mapped to the service "${oneLine(other.service.name, 130)}" too. If it should not be, remove that mapping in Konnect; until then, every run must name the service (service-name).`
      );
    },
    create: () => connection.client.post(
      MAPPINGS,
      { service: service2.id, resource: "id" in target ? target.id : target },
      ResourceMapping
    )
  };
}
async function listOf(connection, service2, target) {
  const known = "id" in target ? target : await findByConfig(connection, service2, target);
  return known ? listMappings(connection, known) : [];
}
function mappedElsewhere({ repository }, ours, other) {
  const name = oneLine(other.service.name, 130);
  return new Failure(
    `The repository ${fullName(repository)} is mapped to the service "${name}" already.`,
    `Set service-name to "${name}" to keep it there, or to "${ours.name}" to map it to both.`
  );
}
async function findByConfig(connection, service2, { type, config: config2, integration_instance }) {
  const resources = await listResourcesOf(connection, service2);
  return resources.find(
    (one) => one.type === type && one.integration.instance.id === integration_instance && Object.entries(config2).every(([key, value]) => one.config[key] === value)
  );
}
async function confirm(connection, service2, resourceId) {
  for (const pause of [0, 1e3, 2e3, 4e3]) {
    if (pause > 0) await connection.clock.sleep(pause);
    const mapped = await listResourcesOf(connection, service2, resourceId).catch(notYet);
    if (mapped.some(({ id: id2 }) => id2 === resourceId)) return;
  }
  throw new Failure(
    `Konnect said that the resource ${oneLine(resourceId, 40)} was mapped to the service "${service2.name}", but does not list it there.`,
    "Run the step again; if it goes on, look at the service in Konnect."
  );
}
function notYet(error2) {
  if (error2 instanceof KonnectError && (error2.status === 403 || error2.status === 404)) return [];
  throw error2;
}
var MAPPINGS;
var init_mapping = __esm({
  "src/catalogs/konnect/mapping.ts"() {
    "use strict";
    init_ahead();
    init_ensure();
    init_errors();
    init_repository();
    init_text();
    init_connection();
    init_errors2();
    init_relations();
    init_schemas();
    init_service();
    MAPPINGS = "/resource-mappings";
  }
});

// src/catalogs/konnect/questions.ts
function questionsOf({ inputs, azureDevOps: azureDevOps2, readSecret }, repository, progress) {
  const { azureDevOpsPat: pat } = inputs;
  const secret = repository.provider === "azure-devops" ? readSecret : void 0;
  return {
    async provePat(why) {
      if (pat) return void await azureDevOps2.read(repository, { pat });
      throw new Failure(
        why,
        "Set azure-devops-pat to a personal access token with the scope Code: Read in this organization only."
      );
    },
    async identify() {
      if (!secret) return void 0;
      try {
        return await azureDevOps2.read(repository, secret);
      } catch (error2) {
        if (pat && error2 instanceof RepositoryRefused && error2.status === 404) throw error2;
        progress.info(`The repository's ID is not known: ${messageOf(error2)}`);
        return void 0;
      }
    },
    async exactly() {
      return secret && pat ? azureDevOps2.read(repository, secret).catch(() => repository) : repository;
    },
    async exists(other) {
      if (!secret) return void 0;
      try {
        await azureDevOps2.read({ ...repository, id: other }, secret);
        return true;
      } catch (error2) {
        const isMissing2 = error2 instanceof RepositoryRefused && error2.status === 404 && error2.secret === "works";
        return isMissing2 ? false : void 0;
      }
    }
  };
}
var init_questions = __esm({
  "src/catalogs/konnect/questions.ts"() {
    "use strict";
    init_errors();
    init_repository_refused();
  }
});

// src/catalogs/konnect/konnect.ts
var konnect_exports = {};
__export(konnect_exports, {
  konnect: () => konnect
});
function konnect(surroundings) {
  const { inputs, http } = surroundings;
  const dependencies = {
    ...surroundings,
    client: konnectClient(http, inputs.catalogUrl, inputs.catalogToken)
  };
  return {
    title: `Konnect Catalog at ${inputs.catalogUrl}`,
    connect: (repository, progress) => connect({
      ...dependencies,
      plan: inputs.command === "plan",
      owner: repository,
      repository,
      progress,
      ...questionsOf(surroundings, repository, progress)
    }),
    inspect: (owner, progress) => inspect({ ...dependencies, owner, progress })
  };
}
async function inspect(access2) {
  const { inputs, owner, progress } = access2;
  progress.waiting("the integration");
  const instance = await findIntegration(access2);
  if (!instance)
    throw new Failure(
      `There is no ${owner.provider} integration${inputs.integrationName ? ` named "${inputs.integrationName}"` : ` for "${owner.organization}"`} in the catalog, so there is no credential to remind of.`,
      owner.provider === "azure-devops" ? "Check azure-devops-organization, integration-name and catalog-region; command: register makes the integration." : "To be reminded of a PAT of Azure DevOps, set azure-devops-organization."
    );
  tell(access2, "integration", instance.name, { operation: "unchanged", value: instance, differences: [] });
  progress.waiting("the credential");
  return inspectCredential(access2, instance);
}
async function connect(connection) {
  const { inputs, progress } = connection;
  const candidates = early(listCandidates(connection));
  const named2 = early(readServiceByName(connection));
  const exactly = early(connection.exactly());
  progress.waiting("the integration");
  const { instance, existed } = await ensureIntegration(connection);
  const located = early(
    exactly.then(
      async (repository2) => instance && existed ? locate({ ...connection, repository: repository2 }, instance, await candidates) : { resource: void 0, former: [], repository: repository2 }
    )
  );
  const mapped = early(
    located.then(
      ({ resource: resource2 }) => resource2 && !inputs.serviceName ? listServicesOf(connection, resource2) : []
    )
  );
  const mappings = early(
    located.then(({ resource: resource2 }) => resource2 ? listMappings(connection, resource2) : [])
  );
  progress.waiting("the credential");
  const advice = await ensureCredential(connection, instance, existed);
  progress.waiting("the service");
  const { resource, former, repository } = await located;
  const exact = { ...connection, repository };
  if (resource) tellResource(exact, resource);
  const served = await ensureService(exact, resource, {
    named: plannedName(exact) === plannedName(connection) ? named2 : void 0,
    mapped,
    former
  });
  if (resource) return ensureMapping(exact, served, resource, mappings);
  try {
    const target = instance && await notYetDiscovered(exact, instance, advice);
    return await ensureMapping(exact, served, target);
  } catch (error2) {
    if (inputs.failOnPending || !(error2 instanceof NotDiscovered)) throw error2;
    leaveMapping(exact, served);
    progress.warning(
      `${error2.message} The mapping is pending: the next run of this step goes on from there (fail-on-pending is false).`
    );
  }
}
function tellResource({ progress }, { id: id2, name }) {
  progress.resource(id2, name ?? "");
}
async function notYetDiscovered(connection, instance, advice) {
  const { inputs, progress, plan } = connection;
  if (inputs.mapBeforeDiscovery) {
    const exact = await connection.identify() ?? connection.repository;
    const described = describeByManifest(await readManifest(connection), instance, exact);
    if (typeof described !== "string") return described;
    progress.info(`The repository cannot be mapped before its discovery: ${described}.`);
  }
  if (advice) throw new Failure("Konnect does not know the repository yet, and cannot discover it.", advice);
  if (plan) return void 0;
  progress.waiting("the discovery of the repository");
  const resource = await awaitDiscovery(connection, instance);
  tellResource(connection, resource);
  return resource;
}
var init_konnect = __esm({
  "src/catalogs/konnect/konnect.ts"() {
    "use strict";
    init_ahead();
    init_errors();
    init_client();
    init_connection();
    init_credential();
    init_describe();
    init_integration();
    init_manifest();
    init_mapping();
    init_questions();
    init_relations();
    init_resource();
    init_search();
    init_service();
  }
});

// src/catalogs/backstage/schemas.ts
var Entity, Location, Locations, Entities, Preview, Registered, Problem2;
var init_schemas2 = __esm({
  "src/catalogs/backstage/schemas.ts"() {
    "use strict";
    init_dist();
    Entity = looseObject({
      kind: string(),
      metadata: looseObject({
        name: string(),
        namespace: optional(string(), "default"),
        uid: optional(string()),
        annotations: optional(record(string(), string()), {})
      }),
      spec: optional(unknown()),
      status: nullish(
        looseObject({
          items: optional(array(looseObject({ level: optional(string()), message: optional(string()) })), [])
        })
      )
    });
    Location = object({ id: string(), type: string(), target: string() });
    Locations = array(object({ data: Location }));
    Entities = object({
      items: array(Entity),
      pageInfo: optional(object({ nextCursor: optional(string()) }))
    });
    Preview = object({ exists: optional(boolean()), entities: array(Entity) });
    Registered = object({ location: Location });
    Problem2 = looseObject({
      error: optional(looseObject({ name: optional(string()), message: optional(string()) })),
      message: optional(string())
    });
  }
});

// src/catalogs/backstage/errors.ts
function messageOf2({ text }) {
  const parsed = safeParse(Problem2, parseJson(text));
  if (!parsed.success) return { own: void 0, shown: pageText(text, 120) };
  const { error: error2, message = "" } = parsed.output;
  return { own: error2?.message, shown: oneLine(error2?.message || message, 500) };
}
function cureOf2(status, headers) {
  if (status === 401)
    return "The catalog-token is not valid here: a static token of backend.auth.externalAccess, or a service token.";
  if (status === 403)
    return "The catalog-token may not do that, or (on Roadie) is not valid: check the token, and what it is permitted.";
  if (status === 404)
    return "There is no catalog of Backstage at this address: set catalog-url to the base URL of the backend, not to a page of it.";
  if (status === 429) return "The catalog limits how often it may be called. Run the step again later.";
  if (status >= 300 && status < 400)
    return `It redirects to ${oneLine([headers.location].flat()[0] ?? "another address", 120)}, which is not followed, so as not to send the token there. Set catalog-url to the right address.`;
  if (status >= 500) return "The fault is on the side of the catalog: see its log. Run the step again.";
  return "Correct what it names.";
}
var BackstageError, UnreadableAnswer2;
var init_errors3 = __esm({
  "src/catalogs/backstage/errors.ts"() {
    "use strict";
    init_dist();
    init_errors();
    init_json();
    init_text();
    init_schemas2();
    BackstageError = class extends Failure {
      name = "BackstageError";
      status;
      /** The words of Backstage itself, uncut; undefined where it did not answer in the shape of its errors. */
      says;
      /** Someone else registered the same. */
      conflict;
      /** A write that the server may have acted on although its answer says that it failed. */
      maybeProcessed;
      constructor(request, path, response) {
        const { status, headers } = response;
        const { own, shown: shown2 } = messageOf2(response);
        const trace = [headers["x-request-id"] ?? headers["x-amzn-requestid"]].flat()[0];
        super(
          `The catalog refused ${request.method} ${path}: status ${status}${trace ? `, request ${oneLine(trace, 80)}` : ""}. ${shown2}`.trim(),
          cureOf2(status, headers)
        );
        this.status = status;
        this.says = own;
        this.conflict = status === 409;
        this.maybeProcessed = request.method !== "GET" && !request.reads && (status >= 500 || status === 408);
      }
    };
    UnreadableAnswer2 = class extends Failure {
      name = "UnreadableAnswer";
      maybeProcessed;
      constructor(request, path, what) {
        super(
          `The catalog answered ${request.method} ${path}, but not as Backstage does: ${oneLine(what, 160)}.`,
          "Check catalog-url, and whether a proxy or a sign-in page answers in its place."
        );
        this.maybeProcessed = request.method !== "GET" && !request.reads;
      }
    };
  }
});

// src/catalogs/backstage/same-file.ts
function sameFile(target, url) {
  return target === url || branchAt(target, url) === "";
}
function branchAt(target, url) {
  const ours = fileAt(target);
  const trail = ours && trailIn(ours, url);
  if (!ours || !trail?.endsWith(ours.path)) return void 0;
  const branch = trail.slice(0, -ours.path.length).replace(/^refs\/heads\//u, "");
  if (/^(?:HEAD|-|)$/u.test(branch) || branch === ours.branch) return "";
  if (branch.startsWith("/") || branch.startsWith(`${ours.branch}/`)) return void 0;
  return ours.branch === void 0 && !branch.startsWith("@") ? "" : branch;
}
function inSameRepository(target, url) {
  const ours = fileAt(target);
  return ours !== void 0 && trailIn(ours, url) !== void 0;
}
function mayBeRenamed(target, url) {
  const ours = fileAt(target);
  const other = URL.canParse(url) ? azureFileAt(url) ?? { host: url, path: decoded3(new URL(url).pathname) } : void 0;
  return ours !== void 0 && other !== void 0 && sameHost(ours.host, other.host) && other.path.endsWith(ours.path);
}
function namesBranch(target) {
  return URL.canParse(target) && new URL(target).searchParams.has("version");
}
function fileAt(target) {
  const onAzure = azureFileAt(target);
  if (onAzure) return { ...onAzure, branch: void 0 };
  if (!URL.canParse(target)) return void 0;
  const { origin, pathname } = new URL(target);
  const [, repository, branch, path] = /^\/([^/]+\/.+?)\/(?:-\/)?blob\/([^/]+)(\/.+)$/u.exec(pathname) ?? [];
  if (!repository || !branch || !path) return void 0;
  return {
    host: origin,
    repository: decoded3(repository).toLowerCase(),
    branch: decoded3(branch),
    path: decoded3(path)
  };
}
function azureFileAt(text) {
  if (!URL.canParse(text)) return void 0;
  const { hostname, origin, pathname, searchParams } = new URL(text);
  const path = searchParams.get("path");
  const [, before, name] = /^(.*)\/_git\/(?:_(?:full|optimized)\/)?([^/]+)$/iu.exec(decoded3(pathname)) ?? [];
  if (path === null || before === void 0 || !name) return void 0;
  const version2 = searchParams.get("version") ?? "";
  return {
    host: origin,
    repository: azurePath(hostname, before, name).toLowerCase(),
    // `GB` is a branch; `GT` and `GC` are a tag and a commit, which no branch is named like.
    branch: version2.replace(/^GB/u, "").replace(/^G(?=[TC])/u, "@"),
    path: `/${path.replace(/^\/+/u, "")}`
  };
}
function azurePath(hostname, before, name) {
  const [, old] = /^([^.]+)\.visualstudio\.com$/iu.exec(hostname) ?? [];
  const segments = before.split("/").filter(Boolean);
  if (old && segments[0]?.toLowerCase() === "defaultcollection") segments.shift();
  if (old) segments.unshift(old);
  const noProject = segments.length === (segments[0]?.toLowerCase() === "tfs" ? 2 : 1);
  return [...segments, ...noProject ? [name] : [], name].join("/");
}
function isSameRepository(ours, other) {
  if (sameHost(ours.host, other.host)) return ours.repository === other.repository;
  const isRelay2 = isLoopback(new URL(ours.host).hostname) && sameHost(other.host, AZURE_DEVOPS);
  return isRelay2 && `/${ours.repository}`.endsWith(`/${other.repository}`);
}
function trailIn(ours, text) {
  if (ours.branch === void 0) {
    const other = azureFileAt(text);
    return other && isSameRepository(ours, other) ? other.branch + other.path : void 0;
  }
  if (!URL.canParse(text)) return void 0;
  const { origin, pathname } = pageAt(new URL(text));
  const path = decoded3(pathname);
  if (!sameHost(ours.host, origin) || !path.toLowerCase().startsWith(`/${ours.repository}/`))
    return void 0;
  const rest = path.slice(ours.repository.length + 2);
  return /^(?:-\/)?(?:blob|tree|raw|edit|blame)\/(.+)$/su.exec(rest)?.[1] ?? `/${rest}`;
}
function pageAt(url) {
  const [, onServer, repository, path] = /^(\/api\/v3)?\/repos\/([^/]+\/[^/]+)\/contents\/(.+)$/u.exec(url.pathname) ?? [];
  if (repository)
    return {
      origin: onServer ? url.origin : url.origin.replace("//api.", "//"),
      pathname: `/${repository}/blob/${url.searchParams.get("ref") ?? ""}/${path}`
    };
  const raw = /^\/([^/]+\/[^/]+)\/(.+)$/u.exec(url.pathname);
  if (url.hostname === "raw.githubusercontent.com" && raw)
    return { origin: "https://github.com", pathname: `/${raw[1]}/blob/${raw[2]}` };
  return url;
}
function decoded3(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
var init_same_file = __esm({
  "src/catalogs/backstage/same-file.ts"() {
    "use strict";
    init_address();
    init_repository();
    init_repository_host();
  }
});

// src/catalogs/backstage/target.ts
function targetOf({ provider, host, organization, project, name, defaultBranch = "main" }, file) {
  const base = encodeURI(host);
  switch (provider) {
    case "azure-devops": {
      const path = escaped(file).replace(/[&+]/gu, encodeURIComponent);
      return `${base}/${escaped(`${organization}/${project ?? name}`)}/_git/${escaped(name)}?path=${path}`;
    }
    case "github": {
      const branch = defaultBranch.includes("/") ? DEFAULT_BRANCH : escaped(defaultBranch);
      return `${base}/${escaped(`${organization}/${name}`)}/blob/${branch}${escaped(file)}`;
    }
    case "gitlab":
      return `${base}/${escaped(`${organization}/${name}`)}/-/blob/${encodeURIComponent(defaultBranch)}${escaped(file)}`;
  }
}
function escaped(path) {
  return encodeURI(path).replace(/[?#]/gu, encodeURIComponent);
}
function pageOf({ provider, host, organization, project, name }) {
  return provider === "azure-devops" ? `${encodeURI(host)}/${escaped(`${organization}/${project ?? name}`)}/_git/${escaped(name)}` : `${encodeURI(host)}/${escaped(`${organization}/${name}`)}`;
}
function spellingsOf(target) {
  const [page = "", path] = target.split("?path=");
  if (path !== void 0) {
    const old = page.replace(/^https:\/\/dev\.azure\.com\/([^/]+)/u, "https://$1.visualstudio.com");
    const paths = [path, path.replaceAll("/", "%2F"), `${path}&version=GBmain`];
    return distinct([page, old].flatMap((address2) => paths.map((one) => `${address2}?path=${one}`)));
  }
  const [, repository, branch, file] = /^(https?:\/\/[^/]+\/[^/]+\/.+?)\/(?:-\/)?blob\/([^/]+)(\/.+)$/u.exec(target) ?? [];
  const markers = target.includes("/-/blob/") ? ["-/blob"] : ["blob", "tree", "raw"];
  const branches = [branch, DEFAULT_BRANCH];
  return distinct([
    target,
    ...branches.flatMap((one) => markers.map((marker) => `${repository}/${marker}/${one}${file}`))
  ]);
}
function distinct(texts) {
  return [...new Set(texts)];
}
var DEFAULT_BRANCH;
var init_target = __esm({
  "src/catalogs/backstage/target.ts"() {
    "use strict";
    DEFAULT_BRANCH = "HEAD";
  }
});

// src/catalogs/backstage/client.ts
function backstageClient(http, url, token) {
  async function call(request, schema) {
    const { path, query = [], headers, ...rest } = request;
    const address2 = new URL(`${url}/api${path}`);
    for (const [name, value] of query) address2.searchParams.append(name, value);
    const response = await http.send({
      ...rest,
      url: address2,
      headers: { authorization: `Bearer ${token}`, ...headers }
    });
    if (response.status < 200 || response.status > 299)
      throw new BackstageError(request, `${url}/api${path}`, response);
    const body = response.text === "" ? void 0 : parseJson(dataOf(response));
    const parsed = safeParse(schema, body);
    if (parsed.success) return parsed.output;
    const [issue2] = parsed.issues;
    const what = body === void 0 ? `no JSON but "${response.text.slice(0, 80)}"` : `expected ${issue2.expected}, got ${issue2.received}`;
    throw new UnreadableAnswer2(request, `${url}/api${path}`, what);
  }
  async function unlessMissing(reading) {
    try {
      return await reading;
    } catch (error2) {
      if (error2 instanceof BackstageError && error2.status === 404 && error2.says) return void 0;
      throw error2;
    }
  }
  async function entitiesBy(filters) {
    const found = [];
    let query = filters.map((filter) => ["filter", filter]);
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { items, pageInfo } = await call(
        { method: "GET", path: "/catalog/entities/by-query", query },
        Entities
      );
      found.push(...items);
      if (!pageInfo?.nextCursor) break;
      query = [["cursor", pageInfo.nextCursor]];
    }
    return found;
  }
  return {
    call,
    preview: (target) => call(
      {
        method: "POST",
        path: "/catalog/locations",
        query: [["dryRun", "true"]],
        body: { type: "url", target },
        reads: true
      },
      Preview
    ),
    async entitiesFrom(target) {
      const refs = spellingsOf(target).map((url2) => `url:${url2}`).filter(({ length }) => length <= LONGEST_VALUE);
      const filters = refs.flatMap((ref) => [
        `${ANNOTATIONS}.backstage.io/managed-by-origin-location=${ref}`,
        `${ANNOTATIONS}.backstage.io/managed-by-location=${ref}`
      ]);
      return filters.length > 0 ? entitiesBy(filters) : [];
    },
    componentsWith: (annotation, value) => entitiesBy([`kind=component,${ANNOTATIONS}.${annotation}=${value}`]),
    async locationOf(target) {
      const ref = `/catalog/locations/by-entity/location/default/${generatedName(target)}`;
      try {
        const found = await call({ method: "GET", path: ref }, Location);
        if (found.target === target) return found;
      } catch (error2) {
        if (!(error2 instanceof BackstageError) || error2.status !== 404 && error2.status !== 403) throw error2;
        if (error2.says?.startsWith("Found no location with")) return void 0;
      }
      const all = await call({ method: "GET", path: "/catalog/locations" }, Locations);
      const ours = all.map(({ data }) => data).filter((one) => one.type === "url" && sameFile(target, one.target));
      return ours.find((one) => one.target === target) ?? ours[0];
    },
    async register(target) {
      const body = { type: "url", target };
      const { location } = await call({ method: "POST", path: "/catalog/locations", body }, Registered);
      return location;
    },
    entity: (ref) => unlessMissing(call({ method: "GET", path: `/catalog/entities/by-name/${pathOf(ref)}` }, Entity)),
    async refresh(ref) {
      await call({ method: "POST", path: "/catalog/refresh", body: { entityRef: ref } }, unknown());
    }
  };
}
function dataOf({ headers, text }) {
  if (!String(headers["content-type"]).startsWith("text/event-stream")) return text;
  const last = text.trim().split(/\r?\n\r?\n/u).at(-1) ?? "";
  return [...last.matchAll(/^data: ?(.*)$/gmu)].map(([, line]) => line).join("\n");
}
function generatedName(target) {
  return `generated-${(0, import_node_crypto6.createHash)("sha1").update(`url:${target}`).digest("hex")}`;
}
function locationRef(target) {
  return `location:default/${generatedName(target)}`;
}
function pathOf(ref) {
  const [kind = "", rest = ""] = ref.split(":");
  return [kind, ...rest.split("/")].map(encodeURIComponent).join("/");
}
var import_node_crypto6, MOST_PAGES, LONGEST_VALUE, ANNOTATIONS;
var init_client2 = __esm({
  "src/catalogs/backstage/client.ts"() {
    "use strict";
    import_node_crypto6 = require("node:crypto");
    init_dist();
    init_json();
    init_errors3();
    init_same_file();
    init_schemas2();
    init_target();
    MOST_PAGES = 10;
    LONGEST_VALUE = 200;
    ANNOTATIONS = "metadata.annotations";
  }
});

// src/catalogs/backstage/entity.ts
function refOf({ kind, metadata }) {
  return `${kind}:${metadata.namespace}/${metadata.name}`.toLowerCase();
}
function originOf({ metadata }) {
  return metadata.annotations["backstage.io/managed-by-origin-location"] ?? "";
}
function comesFrom(entity, target) {
  const { annotations } = entity.metadata;
  return [originOf(entity), annotations["backstage.io/managed-by-location"] ?? ""].some(
    (ref) => ref.startsWith("url:") && sameFile(target, ref.slice("url:".length))
  );
}
function isLocation({ kind }) {
  return kind.toLowerCase() === "location";
}
function isOrphan({ metadata }) {
  return metadata.annotations["backstage.io/orphan"] === "true";
}
function errorOf({ status }) {
  const item = status?.items.find(({ level }) => level === "error");
  return item && oneLine(item.message ?? "it has an error", 300);
}
function componentName({ name }) {
  return machineName(name, 63);
}
function nameOf(ref) {
  const [name = "", namespace] = ref.replace(/^component:/iu, "").split("/").reverse();
  return { name, namespace };
}
function componentRef({ serviceName }, repository) {
  const { name, namespace = "default" } = nameOf(serviceName ?? componentName(repository));
  return `component:${namespace}/${name}`.toLowerCase();
}
function chooseComponent(entities, { serviceName: wanted }, repository) {
  const components = entities.filter(({ kind }) => kind.toLowerCase() === "component");
  const named2 = (name) => {
    const fitting = components.filter(
      (one) => [
        refOf(one),
        refOf(one).split(":")[1],
        `component:${one.metadata.name}`.toLowerCase(),
        one.metadata.name.toLowerCase()
      ].includes(name.toLowerCase())
    );
    return fitting.length === 1 ? fitting[0] : void 0;
  };
  const chosen2 = wanted === void 0 ? components.length === 1 ? components[0] : named2(componentName(repository)) : named2(wanted);
  if (chosen2) return chosen2;
  if (components.length === 0)
    throw new Failure(
      "The catalog file holds no Component, so there is no service.",
      "Add an entity of the kind Component to it."
    );
  throw new Failure(
    `${wanted === void 0 ? "The catalog file holds several components" : `Not exactly one component of the catalog file is "${oneLine(wanted, 120)}"; it holds`}:
${bullets(components.map(refOf))}`,
    "Set service-name to the one that is the service, as it is listed."
  );
}
function declared({ metadata, spec }) {
  const { title, description, labels: labels2, tags, links, annotations } = metadata;
  const own = Object.entries(annotations).filter(([name]) => !name.startsWith("backstage.io/"));
  return new Map([
    ["title", title],
    ["description", description],
    ["labels", labels2 ?? {}],
    ["tags", tags ?? []],
    ["links", links ?? []],
    ...own.map(([name, value]) => [`annotation ${name}`, value]),
    ...Object.entries(spec ?? {}).map(([name, value]) => [
      `spec.${name}`,
      value
    ])
  ]);
}
function differences(file, stored) {
  const [wanted, now] = [declared(file), declared(stored)];
  const names = /* @__PURE__ */ new Set([...wanted.keys(), ...now.keys()]);
  return [...names].filter((name) => !(0, import_node_util.isDeepStrictEqual)(now.get(name), wanted.get(name)));
}
var import_node_util;
var init_entity = __esm({
  "src/catalogs/backstage/entity.ts"() {
    "use strict";
    import_node_util = require("node:util");
    init_errors();
    init_text();
    init_machine_name();
    init_same_file();
  }
});

// src/catalogs/backstage/generate.ts
function componentOf(inputs, repository) {
  const { owner, ...fields } = inputs.serviceCustomFields;
  const links = Object.values(fields).flatMap(
    (value) => typeof value === "object" && value !== null ? [{ ...value.name.trim() ? { title: value.name } : {}, url: value.link }] : []
  );
  const { name, namespace } = nameOf(inputs.serviceName ?? componentName(repository));
  if (namespace !== void 0 && !NAMESPACE.test(namespace))
    throw new Failure(
      `The catalog accepts no component in the namespace "${namespace}".`,
      'Set service-name to another name. A namespace has lower-case letters, digits and "-", and begins and ends with a letter or digit.'
    );
  const group = typeof owner === "string" && owner.trim() ? owner.trim() : UNKNOWN_OWNER;
  if (!ENTITY_REF.test(group))
    throw new Failure(
      `The catalog accepts no owner "${oneLine(group, 120)}".`,
      "Set owner in service-custom-fields to the name of a group or user, or to a reference such as group:default/name."
    );
  return {
    apiVersion: "backstage.io/v1alpha1",
    kind: "Component",
    metadata: {
      name,
      ...namespace === void 0 ? {} : { namespace },
      title: inputs.serviceDisplayName ?? repository.name,
      ...inputs.serviceDescription ? { description: inputs.serviceDescription } : {},
      ...Object.keys(inputs.serviceLabels).length > 0 ? { labels: inputs.serviceLabels } : {},
      annotations: annotationsOf(repository),
      ...links.length > 0 ? { links } : {}
    },
    spec: { type: "service", lifecycle: "production", owner: group }
  };
}
function annotationsOf(repository) {
  const { provider, host, organization, project, name } = repository;
  const root = provider === "azure-devops" ? "?path=%2F" : "/";
  const source = { "backstage.io/source-location": `url:${pageOf(repository)}${root}` };
  switch (provider) {
    case "azure-devops":
      return {
        "dev.azure.com/project-repo": `${project ?? name}/${name}`,
        "dev.azure.com/host-org": `${new URL(host).host}/${organization}`,
        ...source
      };
    case "github":
      return { "github.com/project-slug": `${organization}/${name}`, ...source };
    case "gitlab":
      return { "gitlab.com/project-slug": `${organization}/${name}`, ...source };
  }
}
async function generated(inputs, repository) {
  const { stringify } = await import("./yaml.cjs");
  const component = componentOf(inputs, repository);
  const hint = component.spec.owner === UNKNOWN_OWNER ? " # the group or user that owns it" : "";
  return stringify(component, { lineWidth: 0 }).replace(/^( {2}owner: unknown)$/mu, `$1${hint}`);
}
var NAMESPACE, UNKNOWN_OWNER, ENTITY_REF;
var init_generate = __esm({
  "src/catalogs/backstage/generate.ts"() {
    "use strict";
    init_errors();
    init_text();
    init_entity();
    init_target();
    NAMESPACE = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/u;
    UNKNOWN_OWNER = "unknown";
    ENTITY_REF = /^(?:[^:/]+:)?(?:[^:/]+\/)?[^:/]+$/u;
  }
});

// src/catalogs/backstage/refusal.ts
function explain2(says, target) {
  if (says.startsWith("Duplicate nested entity: "))
    return { kind: "duplicate", cure: "List each entity once." };
  if (isParsed(says, target)) return { kind: "invalid", cure: "Correct the file." };
  if (/^InputError: Processor PlaceholderProcessor threw an error while preprocessing/u.test(says))
    return { kind: "invalid", cure: "Correct the file: it refers to another file that cannot be read." };
  const answer = answerIn(says);
  if (answer) return explainAnswer(answer, target);
  if (/^Error: Unable to read url, (?:Error: )?Reading from '.+' is not allowed\./u.test(says))
    return {
      kind: "unconfigured",
      cure: "Add the host to the catalog's configuration: under integrations, with a token, or in backend.reading.allow."
    };
  return { kind: "unclear", cure: CURES.find(([words2]) => words2.test(says))?.[1] ?? UNKNOWN };
}
function isParsed(says, target) {
  const [, origin] = /^NotAllowedError: Entity .+?, originated at url:(\S+), is not of an allowed kind/u.exec(says) ?? [];
  if (origin) return sameFile(target, origin);
  if (/^InputError: Processor BuiltinKindsEntityProcessor threw an error while postprocessing/u.test(says))
    return true;
  return /^InputError: (?:Policy check failed for|No processor recognized the entity|Processor \w+ threw an error while validating the entity) (?!location:default\/generated-)/u.test(
    says
  );
}
function answerIn(says) {
  const [, what] = /^(?:\w+: )?Unable to read url, (?:\w*Error: )?(.+)$/su.exec(says) ?? [];
  if (!what) return void 0;
  const missing2 = /^no matching files found for (\S.*)$/u.exec(what)?.[1];
  if (missing2) return { url: missing2, status: 404, reason: "" };
  const [, url, status, reason = ""] = /^(?:Request failed for |could not read )?(https?:\/\/.+?)(?: could not be read as .+?)?, (\d{3})(?!\d)([^,]*)/su.exec(
    what
  ) ?? [];
  return url && status ? { url, status: Number(status), reason } : void 0;
}
function explainAnswer({ url, status, reason }, target) {
  const unclear = (cure) => ({ kind: "unclear", cure });
  if (status === 429 || /rate limit/iu.test(reason)) return unclear(RATE_LIMIT);
  if (status === 404 && sameFile(target, url))
    return {
      kind: "missing",
      cure: "Commit the file to the default branch, or set catalog-file to where it is (entity: generate shows one to commit). If it is there, check repository, and whether the catalog's own token may see it."
    };
  if (status === 401 || status === 203)
    return inSameRepository(target, url) ? {
      kind: "denied",
      cure: "The host refused the catalog's own token: it has expired, was revoked, or may not read this repository. Put a new one (Code: Read) into the catalog's configuration (integrations)."
    } : unclear(OTHER_FILE);
  if (status === 404) return unclear(OTHER_FILE);
  if (status === 403)
    return unclear(
      "The host gives no reason. It may be a rate limit, single sign-on, a list of allowed addresses, or a permission that the catalog's own token lacks. If it stays, check that token."
    );
  if (status === 407) return unclear("Check the proxy that the catalog's server uses.");
  return unclear(status >= 500 ? UNREACHABLE : UNKNOWN);
}
var RATE_LIMIT, OTHER_FILE, UNREACHABLE, UNKNOWN, CURES;
var init_refusal = __esm({
  "src/catalogs/backstage/refusal.ts"() {
    "use strict";
    init_same_file();
    RATE_LIMIT = "This is a rate limit of the host, which passes. It says nothing about the catalog's own token. Run the step again later.";
    OTHER_FILE = "The answer is about another file, which the catalog file or one that it lists may refer to. Check that it is there, and that the catalog may read it.";
    UNREACHABLE = "The catalog cannot reach the host, or the host has a fault. Run the step again.";
    UNKNOWN = "This tells neither whether the file is right nor whether the catalog's own token works. Check both, and the catalog's log.";
    CURES = [
      [
        /<!doctype|<html|<head|<body/iu,
        "The host answered with a page in place of the file: its sign-in page, or one of a proxy. Check the catalog's own token."
      ],
      [
        /^Error: Expected object at root/u,
        "This may be a page in place of the file, or the file may hold no entity. Check the catalog's own token, and the file."
      ],
      [/^Error: (?:YAML error at|Failed to parse YAML at) url:/u, "If the file has this text, correct it."],
      [/Unresolved alias/u, "If the file, or one that it lists, has this alias, correct it."],
      [
        /AuthenticationError|ChainedTokenCredential/u,
        "The catalog may have no token for the host: check its configuration (integrations)."
      ],
      [
        /GitHub application/u,
        "Check the GitHub App of the catalog: whether it is suspended, and which repositories it may read."
      ],
      [/socket hang up|fetch failed|\bE[A-Z]{5,}\b|EAI_AGAIN/u, UNREACHABLE]
    ];
  }
});

// src/catalogs/backstage/reading.ts
async function read2(client, target) {
  try {
    return { kind: "read", entities: (await client.preview(target)).entities };
  } catch (error2) {
    if (!(error2 instanceof BackstageError)) throw error2;
    if (error2.status === 400) return unread(error2.says, target, error2.message);
    if (error2.status === 403 || error2.status === 404)
      return { kind: "untried", problem: error2.message, cure: error2.cure ?? "" };
    throw error2;
  }
}
function unread(says, target, shown2) {
  return {
    ...explain2(says ?? "", target),
    problem: `The catalog cannot read ${target}: ${oneLine(says || shown2, 500)}`.replace(
      /(?<![.!?…])$/u,
      "."
    )
  };
}
function wasRead({ kind }) {
  return kind === "read" || kind === "invalid" || kind === "duplicate";
}
var init_reading = __esm({
  "src/catalogs/backstage/reading.ts"() {
    "use strict";
    init_text();
    init_errors3();
    init_refusal();
  }
});

// src/catalogs/backstage/known.ts
async function findByName({
  client,
  inputs,
  repository,
  target
}) {
  const named2 = await client.entity(componentRef(inputs, repository));
  if (named2 && comesFrom(named2, target)) return [named2];
  const [annotation, value] = Object.entries(annotationsOf(repository))[0] ?? [];
  if (!annotation || !value) return [];
  return (await client.componentsWith(annotation, value)).filter((one) => comesFrom(one, target));
}
async function lastError({ client, target }, known) {
  const made = known.find((one) => !isLocation(one));
  const origin = (made ? originOf(made) : "").replace(/^url:/u, "") || target;
  const listed = !sameFile(target, origin);
  const locations = listed ? await client.entitiesFrom(origin) : known;
  const seen = locations.filter(isLocation);
  if (seen.length === 0) seen.push(...await readLocation());
  const errors = seen.flatMap(({ status }) => status?.items ?? []).filter(({ level }) => level === "error");
  const readings = errors.map(({ message = "" }) => unread(message, target, "it has an error"));
  const refused2 = readings.find(({ kind }) => kind === "denied");
  return refused2 ?? (listed ? readings.find(({ kind }) => kind === "missing") : readings[0]);
  async function readLocation() {
    try {
      const found = await client.entity(locationRef(origin));
      return found ? [found] : [];
    } catch (error2) {
      if (error2 instanceof BackstageError || error2 instanceof NoAnswer) return [];
      throw error2;
    }
  }
}
async function observe(client, target) {
  const reading = await read2(client, target);
  if (reading.kind !== "untried") return reading;
  return await lastError({ client, target }, await client.entitiesFrom(target)) ?? reading;
}
var init_known = __esm({
  "src/catalogs/backstage/known.ts"() {
    "use strict";
    init_no_answer();
    init_client2();
    init_entity();
    init_errors3();
    init_generate();
    init_reading();
    init_same_file();
  }
});

// src/catalogs/backstage/integration.ts
async function tellReading(connection, reading, known) {
  if (reading.kind === "untried") return tellUntried(connection, reading, known);
  tellFacts(connection, reading);
  if (wasRead(reading)) tellOutcomes(connection);
  else
    tellOutcomes(
      connection,
      reading.kind === "denied" ? "the host refused the catalog's own token" : "not proven"
    );
  if (reading.kind === "read" || reading.kind === "duplicate") return;
  if (reading.kind === "denied") throw await denied(connection, reading);
  if (reading.kind === "missing") throw await missing(connection, reading);
  throw new Failure(reading.problem, reading.cure);
}
async function tellUntried(connection, reading, known) {
  const last = await lastError(connection, known);
  if (last) {
    tellFacts(connection, last);
    connection.progress.warning(`${last.problem} ${last.cure}`);
  }
  tellOutcomes(connection, "this catalog-token may not try it");
  if (known.every(isLocation))
    throw new Failure(
      `${connection.target} is not in the catalog yet, and this catalog-token may not register it. ${reading.problem}`,
      "Give it the permission catalog.location.create (see accessRestrictions and the permission policy of Backstage), or have the file registered by somebody who may."
    );
}
function tellFacts(connection, reading) {
  const { progress, repository } = connection;
  progress.credential({ ...factsOf2(connection, repository, reading), advice: void 0 });
}
function tellOutcomes({ progress, repository }, doubt) {
  const outcome = (thing, name) => progress.outcome({
    thing,
    operation: doubt ? "skipped" : "unchanged",
    name,
    id: "",
    reasons: doubt ? [doubt] : []
  });
  outcome("integration", new URL(repository.host).host);
  outcome("credential", ownToken(repository));
}
async function denied({ inputs, azureDevOps: azureDevOps2, repository }, reading) {
  const { azureDevOpsPat: pat, catalogFile } = inputs;
  if (!pat || repository.provider !== "azure-devops") return new Failure(reading.problem, reading.cure);
  const tried = await azureDevOps2.readFile(repository, catalogFile, { pat }).then(
    () => " The azure-devops-pat that is given can read the repository: it would do.",
    (error2) => ` The azure-devops-pat that is given cannot read it either: ${oneLine(error2.message)}`
  );
  return new Failure(reading.problem, `${reading.cure}${tried}`);
}
async function missing(connection, reading) {
  const { inputs, progress, repository } = connection;
  if (inputs.entity !== "generate") {
    const assumed = repository.provider === "azure-devops" || repository.defaultBranch ? "" : " The default branch is taken for main, because the run does not tell it.";
    return new Failure(reading.problem, `${reading.cure}${assumed}`);
  }
  const file = await generated(inputs, repository);
  progress.document(`${inputs.catalogFile.slice(1)} for ${fullName(repository)}`, file);
  return new Failure(
    `There is no ${inputs.catalogFile} in ${fullName(repository)} yet.`,
    `${/owner: unknown/u.test(file) ? "Set spec.owner to the group or user that owns it (or service-custom-fields: owner), and commit" : "Commit"} the file that is shown above as ${inputs.catalogFile.slice(1)} to the default branch, then run the step again.`
  );
}
function ownToken({ host }) {
  return `the catalog's own, for ${new URL(host).host}`;
}
function adviceOf(owner, reading) {
  if (reading.kind === "read" || wasRead(reading)) return void 0;
  const { kind, problem, cure } = reading;
  if (kind === "denied") return { problem, cure };
  const host = new URL(owner.host).host;
  return { problem: `It is unknown whether the catalog's own token for ${host} works. ${problem}`, cure };
}
function factsOf2({ inputs }, owner, reading) {
  const status = wasRead(reading) ? "valid" : reading.kind === "denied" ? "tainted" : "unknown";
  const key = (0, import_node_crypto7.createHash)("sha256").update(`${inputs.catalogUrl} ${owner.host} ${owner.organization}`).digest("hex").slice(0, 12);
  return {
    status,
    advice: adviceOf(owner, reading),
    subject: `The token with which the catalog reads ${new URL(owner.host).host}`,
    inUse: status === "valid",
    integration: { name: new URL(owner.host).host, page: inputs.catalogUrl },
    key,
    owner,
    // The catalog does not tell its tokens apart: the PAT that is given stands for it.
    credential: inputs.azureDevOpsPat ? patDigest(key, inputs.azureDevOpsPat).slice(0, 12) : "own",
    storedOn: void 0,
    expiresOn: void 0,
    recorded: void 0,
    fromPat: void 0,
    store: "put it into the catalog's configuration",
    renewal: [
      ...owner.provider === "azure-devops" ? [makingOf(owner)] : ["Make a new token for the host."],
      "Put it into the catalog's configuration (under integrations, in the place of the old one), and restart the catalog."
    ]
  };
}
var import_node_crypto7;
var init_integration2 = __esm({
  "src/catalogs/backstage/integration.ts"() {
    "use strict";
    import_node_crypto7 = require("node:crypto");
    init_errors();
    init_repository();
    init_pat();
    init_text();
    init_entity();
    init_generate();
    init_known();
    init_reading();
  }
});

// src/catalogs/backstage/stored-entity.ts
async function readOurs({ client, target }, ref) {
  const found = await client.entity(ref);
  if (!found || comesFrom(found, target)) return found;
  const origin = oneLine(originOf(found).replace(/^url:/u, ""), 300);
  throw new Failure(
    `The name ${ref} is taken by an entity of ${origin || "another origin"}.`,
    cureOfTaken(target, origin)
  );
}
function cureOfTaken(target, origin) {
  const remove2 = `have the location ${origin} removed from the catalog, then run the step again`;
  if (branchAt(target, origin)) return `It is this repository's file on another branch: ${remove2}.`;
  const rename2 = "Give the component another name in the catalog file, or have the other one removed from the catalog by its owner.";
  return mayBeRenamed(target, origin) ? `If the repository was renamed or moved from there, ${remove2}. If not: ${rename2}` : rename2;
}
async function awaitEntity(connection, ref, location, hurry) {
  const { client, clock, inputs, progress } = connection;
  progress.waiting(`the catalog to make ${ref}`);
  const start = clock.now();
  const waited = () => clock.now() - start;
  let hurried = false;
  for (; ; ) {
    const found = await readOurs(connection, ref);
    if (found && !isOrphan(found) && errorOf(found) === void 0) return found;
    if (!hurried && (hurry || waited() >= HURRY)) {
      hurried = true;
      await hasten(client, locationRef(location));
    }
    if (waited() >= inputs.waitTimeout)
      throw await notMade(connection, ref, found, Math.round(waited() / 1e3));
    await clock.sleep(PAUSE);
  }
}
async function hasten(client, ref) {
  await client.refresh(ref).catch((error2) => {
    if (!(error2 instanceof BackstageError) && !(error2 instanceof NoAnswer)) throw error2;
  });
}
async function notMade(connection, ref, found, seconds2) {
  const { target } = connection;
  const unread2 = found ? void 0 : await lastError(connection, []);
  if (unread2) return new Failure(unread2.problem, unread2.cure);
  return new Failure(
    found ? `The catalog has ${ref}, but with an error: ${errorOf(found)}` : `The catalog has not made ${ref} of ${target}, after waiting ${seconds2} s (wait-timeout).`,
    found ? "Correct the catalog file." : "Run the step again, with a longer wait-timeout if need be. The catalog's log, or its page of unprocessed entities, says what is wrong."
  );
}
async function ensureCurrent(connection, file, stored) {
  const { client, clock, progress, plan } = connection;
  const error2 = errorOf(stored);
  const stale = error2 ? [`it has an error: ${error2}`] : file ? differences(file, stored) : [];
  if (stale.length === 0) return { operation: "unchanged", value: stored, differences: [] };
  if (!file)
    throw new Failure(
      `The catalog has ${refOf(stored)}, but with an error: ${error2}`,
      "Correct the catalog file."
    );
  const origin = originOf(stored).replace(/^url:/u, "");
  if (origin !== connection.target && namesBranch(origin))
    throw new Failure(
      `The catalog reads ${refOf(stored)} from ${origin}, where it differs from ${connection.target} (${stale.join(", ")}).`,
      "It is registered from another branch. Have that location removed from the catalog, or the branches made alike."
    );
  if (plan) return { operation: "updated", value: stored, differences: stale };
  const ref = refOf(file);
  await Promise.all([hasten(client, ref), hasten(client, locationRef(origin))]);
  const start = clock.now();
  let now = stored;
  while (clock.now() - start < Math.min(TAKES_OVER, connection.inputs.waitTimeout)) {
    now = await readOurs(connection, ref);
    if (now && !errorOf(now) && differences(file, now).length === 0)
      return { operation: "updated", value: now, differences: stale };
    await clock.sleep(PAUSE);
  }
  progress.warning(
    `The catalog was asked to read the catalog file again, but ${ref} still differs from it (${stale.join(", ")}). It does so by itself in some minutes, or has an error: see its page.`
  );
  return { operation: "updated", value: now ?? stored, differences: stale };
}
var PAUSE, HURRY, TAKES_OVER;
var init_stored_entity = __esm({
  "src/catalogs/backstage/stored-entity.ts"() {
    "use strict";
    init_errors();
    init_no_answer();
    init_text();
    init_client2();
    init_entity();
    init_errors3();
    init_known();
    init_same_file();
    PAUSE = 1e3;
    HURRY = 1e4;
    TAKES_OVER = 3e4;
  }
});

// src/catalogs/backstage/registration.ts
async function register(connection, ref, file, known) {
  const { client, progress, plan, target } = connection;
  const [found, registered] = await Promise.all([readOurs(connection, ref), client.locationOf(target)]);
  const before = found && isOrphan(found) ? void 0 : found;
  const means = registered ? void 0 : otherMeans(target, before, known);
  const location = means ? { operation: "unchanged", value: void 0, differences: [means] } : await ensureLocation(connection, registered);
  const url = location.value?.target ?? target;
  progress.outcome({
    thing: "mapping",
    operation: location.operation,
    name: target,
    id: location.value?.id ?? "",
    reasons: url === target ? location.differences : [knownAs(url)]
  });
  progress.serviceName(ref);
  if (!before && (plan || connection.inputs.waitTimeout === 0))
    return tellService(connection, ref, "created", void 0, plan ? [] : ["not waited for"]);
  const entity = before ?? await awaitEntity(connection, ref, url, location.operation === "unchanged");
  const { operation, value, differences: differences2 } = await ensureCurrent(connection, file, entity);
  tellService(connection, ref, before ? operation : "created", value, before ? differences2 : []);
}
function otherMeans(target, entity, known) {
  const origin = entity ? originOf(entity).replace(/^url:/u, "") : target;
  if (origin !== target) return sameFile(target, origin) ? knownAs(origin) : `listed by ${origin}`;
  const there = entity ?? known.find((one) => !isLocation(one) && !isOrphan(one));
  return there ? "found by discovery" : void 0;
}
function knownAs(url) {
  return `known as ${url}`;
}
function tellService({ progress }, name, operation, entity, reasons) {
  progress.outcome({
    thing: "service",
    operation,
    name,
    id: entity?.metadata.uid ?? "",
    reasons
  });
}
function ensureLocation({ client, target, plan, clock }, registered) {
  return ensure(
    {
      title: `location ${target}`,
      hidden: "It may be registered where this catalog-token may not look.",
      find: aheadThen(Promise.resolve(registered), () => client.locationOf(target)),
      create: () => client.register(target)
    },
    { plan, clock }
  );
}
var init_registration = __esm({
  "src/catalogs/backstage/registration.ts"() {
    "use strict";
    init_ahead();
    init_ensure();
    init_entity();
    init_same_file();
    init_stored_entity();
  }
});

// src/catalogs/backstage/backstage.ts
var backstage_exports = {};
__export(backstage_exports, {
  backstage: () => backstage
});
function backstage({ http, ...surroundings }) {
  const { inputs } = surroundings;
  const client = backstageClient(http, inputs.catalogUrl, inputs.catalogToken);
  return {
    title: `Backstage at ${inputs.catalogUrl}`,
    connect: (repository, progress) => connect2({
      ...surroundings,
      client,
      repository,
      progress,
      plan: inputs.command === "plan",
      target: targetOf(repository, inputs.catalogFile)
    }),
    async inspect(owner, progress) {
      progress.waiting("the catalog to read the repository");
      const target = targetOf(repositoryOf(owner), inputs.catalogFile);
      const reading = await observe(client, target);
      if (reading.kind === "untried") throw new Failure(reading.problem, reading.cure);
      progress.outcome({
        thing: "credential",
        operation: wasRead(reading) ? "unchanged" : "skipped",
        name: ownToken(owner),
        id: "",
        reasons: []
      });
      return factsOf2(surroundings, owner, reading);
    }
  };
}
async function connect2(connection) {
  const { client, progress, inputs, repository, target } = connection;
  progress.waiting("the catalog to read the repository");
  const [reading, indexed] = await Promise.all([read2(client, target), client.entitiesFrom(target)]);
  const blind = reading.kind === "untried" || reading.kind === "duplicate";
  const known = blind && indexed.every(isLocation) ? [...indexed, ...await findByName(connection)] : indexed;
  await tellReading(connection, reading, known);
  const entities = reading.kind === "read" ? reading.entities : known;
  if (reading.kind === "duplicate" && known.every(isLocation))
    return register(connection, componentRef(inputs, repository), void 0, known);
  const file = chooseComponent(entities, inputs, repository);
  await register(connection, refOf(file), reading.kind === "read" ? file : void 0, known);
}
function repositoryOf(owner) {
  if ("name" in owner) return owner;
  throw new Failure(
    "Backstage tells only of a repository whether it can read it.",
    "Set repository to one of the organization that has a catalog file."
  );
}
var init_backstage = __esm({
  "src/catalogs/backstage/backstage.ts"() {
    "use strict";
    init_errors();
    init_client2();
    init_entity();
    init_integration2();
    init_known();
    init_reading();
    init_registration();
    init_target();
  }
});

// src/scm/code-search.ts
async function searchCode(http, { host, organization, project, name }, file, pat) {
  const base = sameHost(host, "https://dev.azure.com") ? "https://almsearch.dev.azure.com" : host;
  const request = {
    method: "POST",
    url: new URL(
      `${base}/${encodeURIComponent(organization)}/_apis/search/codesearchresults?api-version=${PREVIEW_VERSION}`
    ),
    headers: azureDevOpsHeaders({ pat }),
    body: {
      searchText: `path:${file} repo:${quoted2(name)} proj:${quoted2(project ?? name)}`,
      $orderBy: [{ field: "path", sortOrder: "ASC" }],
      $skip: 0,
      $top: 1e3
    },
    reads: true
  };
  const response = await http.send(request).catch((error2) => {
    if (error2 instanceof NoAnswer) return void 0;
    throw error2;
  });
  if (!response) return "unknown";
  if (response.status === 404 && serviceMessage(response)) return "missing";
  if (response.status !== 200) return "unknown";
  const parsed = safeParse(Results, parseJson(response.text));
  if (!parsed.success) return "unknown";
  const found = parsed.output.results.some(
    (one) => one.path === file && one.repository.name.toLowerCase() === name.toLowerCase()
  );
  return found ? "found" : "not found";
}
function quoted2(name) {
  return /\s/u.test(name) ? `"${name}"` : name;
}
var Results;
var init_code_search = __esm({
  "src/scm/code-search.ts"() {
    "use strict";
    init_dist();
    init_json();
    init_no_answer();
    init_repository();
    init_api_version();
    init_azure_devops();
    init_service_answer();
    Results = object({
      count: number(),
      results: array(looseObject({ path: string(), repository: object({ name: string() }) }))
    });
  }
});

// src/catalogs/roadie/secrets.ts
async function readAzureToken(client, tolerant = true) {
  const { text, failed } = await askTool(client, "backend-config", "get-secrets-list", tolerant);
  const unseen = (why) => ({ status: "unseen", why: oneLine(why) });
  if (failed !== void 0) return unseen(failed);
  const parsed = safeParse(Secrets, parseJson(text));
  const found = parsed.success && parsed.output.secrets.find(({ name }) => name === "AZURE_TOKEN");
  if (!found) return unseen("Roadie does not list it.");
  const { status, value } = found;
  if (status !== "Available" && status !== "Updating" && status !== "Not Set")
    return unseen(`Its status is "${status}".`);
  return { status, ending: /^\*+(\w{4})$/u.exec(value ?? "")?.[1] };
}
async function askTool(client, server, name, tolerant) {
  try {
    const answer = await client.call(
      {
        method: "POST",
        path: `/mcp/v1/${server}`,
        headers: { accept: "application/json, text/event-stream" },
        body: {
          jsonrpc: "2.0",
          method: "tools/call",
          params: { name, arguments: { random_string: "dummy" } },
          id: 1
        },
        reads: true
      },
      Answer
    );
    if ("error" in answer) {
      const { code, message } = answer.error;
      return { text: "", failed: `Roadie answered ${name} with the error ${code ?? ""} ${message}`.trim() };
    }
    const { isError, content } = answer.result;
    const text = content[0]?.text ?? "";
    return isError ? { text: "", failed: `Roadie answered ${name} with an error: ${text}` } : { text };
  } catch (error2) {
    const refused2 = error2 instanceof BackstageError && (error2.status === 403 || error2.status === 404);
    const failed = error2 instanceof BackstageError || error2 instanceof UnreadableAnswer2 || error2 instanceof NoAnswer;
    if (refused2 || tolerant && failed) return { text: "", failed: messageOf(error2) };
    throw error2;
  }
}
var Answer, Secrets;
var init_secrets2 = __esm({
  "src/catalogs/roadie/secrets.ts"() {
    "use strict";
    init_dist();
    init_errors();
    init_json();
    init_no_answer();
    init_text();
    init_errors3();
    Answer = union([
      object({
        result: looseObject({
          isError: optional(boolean()),
          content: array(looseObject({ text: optional(string(), "") }))
        })
      }),
      object({ error: looseObject({ code: optional(number()), message: optional(string(), "") }) })
    ]);
    Secrets = object({
      secrets: array(looseObject({ name: string(), status: string(), value: optional(string()) }))
    });
  }
});

// src/catalogs/roadie/credential.ts
async function ensureSecret(connection, reading) {
  const { progress, guide, repository, site, inputs } = connection;
  if (repository.provider !== "azure-devops") {
    tellCredential(progress, "skipped", ["not of Azure DevOps"]);
    return "well";
  }
  const secret = await readSettled(connection);
  const refused2 = reading?.kind === "denied";
  progress.credential({ ...factsOf3(connection, repository, site, secret, reading), advice: void 0 });
  if (secret.status === "unseen" && !refused2) {
    tellCredential(progress, "skipped", ["its status cannot be seen"]);
    return "unseen";
  }
  const wrong = refused2 ? "Azure DevOps refuses the PAT in it" : ailmentOf2(secret);
  tellCredential(progress, wrong ? "pending" : "unchanged", wrong ? [wrong] : []);
  if (secret.status === "Updating") progress.todo("Wait until Roadie has updated the secret AZURE_TOKEN.");
  else if (wrong) progress.todo(guide.secret(inputs.azureDevOpsPat && !refused2 ? "given" : "new"));
  else if (isAnother(secret, inputs.azureDevOpsPat)) progress.warning(guide.otherSecret());
  return wrong ? "wrong" : "well";
}
async function readSettled({ client, clock, inputs, plan, progress }) {
  progress.waiting("the secret AZURE_TOKEN");
  const start = clock.now();
  for (; ; ) {
    const secret = await readAzureToken(client);
    if (secret.status !== "Updating" || plan || clock.now() - start >= inputs.waitTimeout) return secret;
    progress.info("Roadie is updating the secret AZURE_TOKEN.");
    await clock.sleep(PAUSE2);
  }
}
function ailmentOf2({ status }) {
  if (status === "Updating") return "it is being updated";
  return status === "Not Set" ? "it is not set" : void 0;
}
function isAnother({ status, ending }, pat) {
  return status === "Available" && pat !== void 0 && ending !== void 0 && !pat.endsWith(ending);
}
function tellCredential({ outcome }, operation, reasons) {
  outcome({ thing: "credential", operation, name: "AZURE_TOKEN", id: "", reasons });
}
function factsOf3({ inputs }, owner, site, secret, reading) {
  const { azureDevOpsPat: pat } = inputs;
  const digest = (text) => (0, import_node_crypto8.createHash)("sha256").update(text).digest("hex").slice(0, 12);
  const page = `${site}/administration/secrets`;
  const inUse = reading !== void 0 && wasRead(reading);
  return {
    ...healthOf(secret, reading, page),
    subject: "The PAT in the secret AZURE_TOKEN of Roadie",
    inUse,
    integration: { name: "AZURE_TOKEN", page },
    key: digest(`${inputs.catalogUrl} ${owner.host} ${owner.organization} AZURE_TOKEN`),
    owner,
    credential: secret.status === "Not Set" ? "" : digest(`AZURE_TOKEN ${secret.ending ?? ""}`),
    storedOn: void 0,
    expiresOn: void 0,
    recorded: void 0,
    fromPat: secret.ending && pat ? pat.endsWith(secret.ending) : void 0,
    store: `put it into the secret AZURE_TOKEN at ${page}`,
    renewal: [makingOf(owner), `Put it into the secret AZURE_TOKEN at ${page} (it takes some minutes).`]
  };
}
function healthOf({ status, why }, reading, page) {
  if (reading?.kind === "denied")
    return { status: "tainted", advice: { problem: reading.problem, cure: reading.cure } };
  if (status === "Not Set")
    return {
      status: "missing",
      advice: {
        problem: "The secret AZURE_TOKEN of Roadie is not set.",
        cure: `Put a PAT into it at ${page}.`
      }
    };
  if (reading && wasRead(reading)) return { status: "valid", advice: void 0 };
  const unread2 = reading && "problem" in reading && reading.kind !== "untried" ? ` ${reading.problem}` : "";
  const unknown2 = "It is unknown whether the PAT in the secret AZURE_TOKEN of Roadie works.";
  return {
    status: "unknown",
    advice: status === "unseen" ? {
      problem: `${unknown2} Its status cannot be seen: ${why}${unread2}`,
      cure: 'Give the catalog-token the permission "Backend config read".'
    } : {
      problem: `${unknown2} Roadie says only that the secret is set.${unread2}`,
      cure: "Give this step the same PAT as azure-devops-pat, so that it is tried."
    }
  };
}
var import_node_crypto8, PAUSE2;
var init_credential2 = __esm({
  "src/catalogs/roadie/credential.ts"() {
    "use strict";
    import_node_crypto8 = require("node:crypto");
    init_pat();
    init_reading();
    init_secrets2();
    PAUSE2 = 5e3;
  }
});

// src/catalogs/roadie/guide.ts
function guideOf(site, repository, file, target) {
  const { organization, project, name, provider } = repository;
  const secrets = `${site}/administration/secrets`;
  const integrations = `${site}/administration/settings/integrations`;
  return {
    codeSearch: (certain) => `${certain ? "Install" : "See to it that there is"} the extension Code Search in the organization "${organization}", by somebody who may manage its extensions: https://marketplace.visualstudio.com/items?itemName=ms.vss-code-search (without it, Roadie discovers nothing).`,
    secret: (what) => ({
      given: `Put the azure-devops-pat that is given into the secret AZURE_TOKEN at ${secrets} (it takes some minutes).`,
      new: `${makingOf(repository)} Put it into the secret AZURE_TOKEN at ${secrets} (it takes some minutes), and give it to this step as azure-devops-pat too, if that is given.`,
      unknown: `See to it that the secret AZURE_TOKEN at ${secrets} holds a PAT (Code: Read, in the organization "${organization}" only).`
    })[what],
    otherSecret: () => `The secret AZURE_TOKEN at ${secrets} ends in other characters than the azure-devops-pat. Put that into it, or give this step the PAT that is in it.`,
    reading: () => provider === "azure-devops" ? [
      `Do one of these: for discovery, add a provider at ${integrations}/azure, with Organization: ${organization}, Project: ${project ?? name}, Repository: ${name} (or nothing, for all), Path: ${file}; or, for ${fullName(repository)} alone, import ${target} at ${site}/import/entity.`
    ] : [
      `See to it that Roadie may read "${organization}": ${integrations}.`,
      `Import ${target} at ${site}/import/entity.`
    ]
  };
}
var init_guide = __esm({
  "src/catalogs/roadie/guide.ts"() {
    "use strict";
    init_repository();
    init_pat();
  }
});

// src/catalogs/roadie/entity-set.ts
function setOf(repository) {
  const address2 = `${repository.provider} ${repository.host} ${fullName(repository)}`.toLowerCase();
  const digest = (0, import_node_crypto9.createHash)("sha256").update(address2).digest("hex").slice(0, 8);
  return `${machineName(repository.name, 50)}-${digest}`;
}
function ensureSet({ client, clock, plan }, set, entities) {
  const base = "/catalog/roadie-entities";
  const write3 = async () => shapeOf(
    await client.call({ method: "PUT", path: `${base}/sets/${set}`, body: { items: entities } }, Items)
  );
  return ensure(
    {
      title: `entity set ${set}`,
      hidden: "Give the catalog-token the right to write entities.",
      async find() {
        try {
          const found = await client.call(
            { method: "GET", path: `${base}/entities`, query: [["set", set]] },
            Items
          );
          const { entities: stored, id: id2 } = shapeOf(found);
          return stored.length > 0 ? { entities: stored, id: id2 } : void 0;
        } catch (error2) {
          if (error2 instanceof BackstageError && error2.status === 404) return void 0;
          throw error2;
        }
      },
      differs: ({ entities: stored }) => (0, import_node_util2.isDeepStrictEqual)(comparable(stored), comparable(entities)) ? [] : ["entities"],
      create: write3,
      update: write3
    },
    { plan, clock }
  );
}
function shapeOf(answer) {
  const items = Array.isArray(answer) ? answer : answer.items;
  return {
    id: items[0]?.id ?? "",
    entities: items.map(({ rawData, entity }) => isRecord(rawData) ? rawData : entity ?? {})
  };
}
function isRecord(value) {
  return typeof value === "object" && value !== null;
}
function comparable(entities) {
  return entities.map(written).sort((a, b) => refOf2(a) < refOf2(b) ? -1 : 1);
}
function written({ kind, metadata, relations: _, status: __, ...rest }) {
  const { annotations, uid: ___, etag: ____, ...own } = metadata ?? {};
  const kept = Object.entries(annotations ?? {}).filter(
    ([name]) => !name.startsWith("roadie.io/") && !/^backstage\.io\/(?:managed-by|view-url|edit-url)/u.test(name)
  );
  return {
    ...rest,
    kind,
    metadata: { namespace: "default", ...own, annotations: Object.fromEntries(kept) }
  };
}
function refOf2({ kind, metadata }) {
  return `${kind}:${metadata.namespace}/${metadata.name}`.toLowerCase();
}
async function parseEntities(text, file) {
  const json = await asJson(text, file);
  const entities = JSON.parse(json);
  if (/"\$(?:text|json|yaml|openapi|asyncapi)":/u.test(json))
    throw new Failure(
      `${file} takes in other files ($text and the like), which a pushed entity cannot.`,
      "Leave entity out, so that Roadie reads the repository."
    );
  if (!entities.every((one) => typeof one?.kind === "string" && typeof one?.metadata?.name === "string"))
    throw new Failure(`${file} holds something that is no entity.`, "Each needs a kind and a metadata.name.");
  if (entities.some(({ kind }) => kind?.toLowerCase() === "location"))
    throw new Failure(
      `${file} has a Location, which lists other files: Roadie cannot follow that of a pushed entity.`,
      "Leave entity out, so that Roadie reads the repository. Or put the entities of those files into this one."
    );
  return entities;
}
async function asJson(text, file) {
  const { parseAllDocuments } = await import("./yaml.cjs");
  const wrong = (what) => new Failure(`${file} is not YAML of entities: ${what}.`, "Correct the file.");
  const documents = parseAllDocuments(text, { logLevel: "error", uniqueKeys: true });
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) throw new Failure(`${file} is not YAML: ${oneLine(broken.message, 160)}.`, "Correct the file.");
  try {
    const values = documents.map((document) => document.toJS({ maxAliasCount: 100 }));
    return JSON.stringify(
      values.filter((value) => value !== null),
      (_, value) => {
        if (typeof value !== "number" || Number.isFinite(value)) return value;
        throw wrong(`it has the number ${value}, which JSON does not have`);
      }
    );
  } catch (error2) {
    throw error2 instanceof Failure ? error2 : wrong(oneLine(messageOf(error2), 160));
  }
}
var import_node_crypto9, import_node_util2, Item, Items;
var init_entity_set = __esm({
  "src/catalogs/roadie/entity-set.ts"() {
    "use strict";
    import_node_crypto9 = require("node:crypto");
    import_node_util2 = require("node:util");
    init_dist();
    init_ensure();
    init_errors();
    init_repository();
    init_text();
    init_errors3();
    init_machine_name();
    Item = looseObject({
      id: optional(string()),
      entity: optional(record(string(), unknown())),
      rawData: optional(unknown())
    });
    Items = union([array(Item), object({ items: array(Item) })]);
  }
});

// src/catalogs/roadie/push.ts
async function push(connection) {
  const { inputs, progress, repository, plan } = connection;
  const written2 = await entitiesOf(connection);
  const chosen2 = chooseComponent(written2.map(asEntity), inputs, repository);
  const ref = refOf(chosen2);
  const set = setOf(repository);
  for (const entity2 of written2) await readOurs2(connection, refOf(asEntity(entity2)), set);
  progress.waiting(`the entity set ${set}`);
  const { operation, value, differences: differences2 } = await ensureSet(connection, set, written2);
  progress.outcome({
    thing: "mapping",
    operation,
    name: `entity set ${set}`,
    id: value?.id ?? "",
    reasons: differences2
  });
  progress.serviceName(ref);
  const entity = plan ? void 0 : await awaitPushed(connection, ref, set);
  progress.outcome({
    thing: "service",
    operation,
    name: ref,
    id: entity?.metadata.uid ?? "",
    reasons: differences2
  });
}
async function entitiesOf({
  azureDevOps: azureDevOps2,
  inputs,
  readSecret,
  repository
}) {
  const { catalogFile } = inputs;
  if (repository.provider !== "azure-devops") return [componentOf(inputs, repository)];
  if (!readSecret)
    throw new Failure(
      `It cannot be seen whether the repository has a ${catalogFile}, from which its entities are made.`,
      "Set azure-devops-pat to a PAT with the scope Code: Read."
    );
  const text = await azureDevOps2.readFile(repository, catalogFile, readSecret);
  return text === void 0 ? [componentOf(inputs, repository)] : parseEntities(text, catalogFile);
}
function asEntity({ kind, metadata }) {
  return {
    kind,
    metadata: { namespace: "default", annotations: {}, ...metadata },
    status: void 0
  };
}
async function readOurs2({ client }, ref, set) {
  const found = await client.entity(ref);
  const other = found?.metadata.annotations["roadie.io/entity-set"];
  if (!found || other === set) return found;
  const origin = oneLine(originOf(found).replace(/^url:/u, ""), 300) || "another origin";
  if (other === void 0)
    throw new Failure(
      `The name ${ref} is taken by an entity of ${origin}.`,
      "Set another service-name, or leave entity out."
    );
  const shown2 = oneLine(other, 120);
  throw new Failure(
    `The name ${ref} is taken by an entity of ${origin}, in the entity set "${shown2}".`,
    `If this repository was renamed or moved, that set is its old one: remove it (PUT /api/catalog/roadie-entities/sets/${encodeURIComponent(shown2)} with {"items": []}), then run the step again. If not, set another service-name.`
  );
}
async function awaitPushed(connection, ref, set) {
  const { clock, inputs, progress } = connection;
  progress.waiting(`Roadie to show ${ref}`);
  const start = clock.now();
  for (; ; ) {
    const found = await readOurs2(connection, ref, set);
    if (found || inputs.waitTimeout === 0) return found;
    if (clock.now() - start >= inputs.waitTimeout)
      throw new Failure(
        `Roadie has taken the entity, but does not show ${ref} after ${inputs.waitTimeout / 1e3} s (wait-timeout).`,
        "Run the step again, with a longer wait-timeout if need be."
      );
    await clock.sleep(PAUSE3);
  }
}
var PAUSE3;
var init_push = __esm({
  "src/catalogs/roadie/push.ts"() {
    "use strict";
    init_errors();
    init_text();
    init_entity();
    init_generate();
    init_entity_set();
    PAUSE3 = 1e3;
  }
});

// src/catalogs/roadie/roadie.ts
var roadie_exports = {};
__export(roadie_exports, {
  addressesOf: () => addressesOf,
  roadie: () => roadie
});
function roadie({ http, ...surroundings }) {
  const { inputs } = surroundings;
  const { api, site } = addressesOf(inputs.catalogUrl);
  const client = backstageClient(http, api, inputs.catalogToken);
  return {
    title: `Roadie at ${api}`,
    async connect(repository, progress) {
      const target = targetOf(repository, inputs.catalogFile);
      const { azureDevOpsPat: pat } = inputs;
      const onAzure = repository.provider === "azure-devops";
      await connect3({
        ...surroundings,
        client,
        repository,
        progress,
        plan: inputs.command === "plan",
        target,
        site,
        guide: guideOf(site, repository, inputs.catalogFile, target),
        search: async () => onAzure && pat ? searchCode(http, repository, inputs.catalogFile, pat) : "unknown"
      });
    },
    async inspect(owner, progress) {
      if (owner.provider !== "azure-devops")
        throw new Failure(
          `Roadie reads ${owner.provider} by an app: there is no PAT to remind of.`,
          "To be reminded of the PAT in AZURE_TOKEN, set azure-devops-organization."
        );
      refuseServer(owner, "Set azure-devops-organization to one of dev.azure.com.");
      progress.waiting("the secret AZURE_TOKEN");
      const [secret, reading] = await Promise.all([
        // Not to know is not to have none: it would look like another credential.
        readAzureToken(client, false),
        "name" in owner ? observe(client, targetOf(owner, inputs.catalogFile)) : void 0
      ]);
      if (secret.status === "Updating")
        throw new Failure(
          "Roadie is updating the secret AZURE_TOKEN.",
          "Run the step again in some minutes."
        );
      const unseen = secret.status === "unseen";
      if (unseen && !inputs.patExpiresOn && !inputs.azureDevOpsPat)
        throw new Failure(
          `The status of the secret AZURE_TOKEN cannot be seen, and nothing else is known of the PAT in it. ${secret.why}`,
          'Give the catalog-token the permission "Backend config read", or set pat-expires-on.'
        );
      tellCredential(progress, unseen ? "skipped" : "unchanged", []);
      return factsOf3(surroundings, owner, site, secret, reading);
    }
  };
}
function refuseServer(owner, cure) {
  const host = trueHost(owner);
  const isCloud2 = sameHost(host, AZURE_DEVOPS) || isLoopback(new URL(host).hostname);
  if (owner.provider === "azure-devops" && !isCloud2)
    throw new Failure(
      `Roadie does not read Azure DevOps Server, so it cannot read repositories of ${host}.`,
      cure
    );
}
function addressesOf(url) {
  const { hostname, origin } = new URL(url);
  if (!hostname.endsWith(".roadie.so")) return { api: url, site: url };
  return { api: API, site: origin === API ? "https://<your tenant>.roadie.so" : origin };
}
async function connect3(connection) {
  const { client, inputs, progress, repository, target } = connection;
  if (inputs.entity !== "push")
    refuseServer(repository, "With entity: push, this step gives the entity to Roadie itself.");
  progress.waiting("what Roadie knows of the repository");
  const searching = early(connection.search());
  const indexed = await client.entitiesFrom(target);
  const known = indexed.every(isLocation) ? [...indexed, ...await findByName(connection)] : indexed;
  const entities = known.filter((one) => !isLocation(one) && !isOrphan(one));
  const there = entities.length > 0;
  if (inputs.entity === "push" && !there) {
    tell2(connection, "integration", "skipped", ["not needed for a pushed entity"]);
    tellCredential(progress, "skipped", ["not needed for a pushed entity"]);
    return push(connection);
  }
  if (there) {
    await tellLastReading(connection, await lastError(connection, known));
    return registerKnown(connection, entities, void 0);
  }
  if (repository.provider === "azure-devops" && await isMissing(connection))
    throw await missing(connection, {
      kind: "missing",
      problem: `There is no ${inputs.catalogFile} in the repository, so Roadie has nothing to read.`,
      cure: "Commit one to the default branch; with entity: generate, this step shows one. Or set entity: push."
    });
  const reading = await read2(client, target);
  if (reading.kind === "invalid") throw new Failure(reading.problem, reading.cure);
  if (reading.kind === "missing") throw await missing(connection, reading);
  if (reading.kind === "read" || reading.kind === "duplicate") {
    tell2(connection, "integration", "unchanged", ["Roadie can read the repository"]);
    await ensureSecret(connection, reading);
    return reading.kind === "read" ? registerKnown(connection, reading.entities, reading.entities) : register(connection, componentRef(inputs, repository), void 0, []);
  }
  if (reading.kind === "denied" && repository.provider === "azure-devops") {
    await tellRefusal(connection, reading);
    return leaveEntity(connection);
  }
  if (reading.kind === "unclear") {
    tell2(connection, "integration", "skipped", ["not proven"]);
    if (await ensureSecret(connection, reading) !== "wrong")
      throw new Failure(reading.problem, reading.cure);
    return leaveEntity(connection);
  }
  await leaveToPeople(connection, await searching);
}
async function tellLastReading(connection, error2) {
  if (error2?.kind === "denied" && connection.repository.provider === "azure-devops")
    return tellRefusal(connection, error2);
  if (error2) connection.progress.warning(`${error2.problem} ${error2.cure}`);
  tell2(connection, "integration", "unchanged", ["its entity is there"]);
  await ensureSecret(connection, error2);
}
async function tellRefusal(connection, refusal) {
  connection.progress.info(refusal.problem);
  tell2(connection, "integration", "pending", ["Roadie cannot read the repository"]);
  await ensureSecret(connection, refusal);
}
async function registerKnown(connection, entities, file) {
  const { inputs, repository } = connection;
  const chosen2 = chooseComponent(entities, inputs, repository);
  await register(connection, refOf(chosen2), file ? chosen2 : void 0, file ? [] : entities);
}
async function isMissing({ azureDevOps: azureDevOps2, inputs, readSecret, repository }) {
  if (!readSecret) return false;
  return azureDevOps2.readFile(repository, inputs.catalogFile, readSecret).then(
    (text) => text === void 0,
    () => false
  );
}
async function leaveToPeople(connection, search2) {
  const { progress, guide, repository } = connection;
  const onAzure = repository.provider === "azure-devops";
  if (search2 === "not found")
    progress.info("Code Search does not find the catalog file (yet): Roadie discovers what is indexed.");
  if (onAzure && (search2 === "missing" || search2 === "unknown"))
    progress.todo(guide.codeSearch(search2 === "missing"));
  tell2(connection, "integration", "pending", ["it is set up in a browser"]);
  if (await ensureSecret(connection) === "unseen") progress.todo(guide.secret("unknown"));
  for (const step2 of guide.reading()) progress.todo(step2);
  leaveEntity(connection);
}
function leaveEntity(connection) {
  tell2(connection, "service", "pending", ["Roadie has not read it yet"]);
  tell2(connection, "mapping", "pending", ["Roadie has not read it yet"]);
}
function tell2({ progress, repository, target }, thing, operation, reasons) {
  const name = { integration: new URL(repository.host).host, service: repository.name, mapping: target }[thing];
  progress.outcome({ thing, operation, name, id: "", reasons });
}
var API;
var init_roadie = __esm({
  "src/catalogs/roadie/roadie.ts"() {
    "use strict";
    init_ahead();
    init_errors();
    init_address();
    init_repository();
    init_repository_host();
    init_code_search();
    init_client2();
    init_entity();
    init_integration2();
    init_known();
    init_reading();
    init_registration();
    init_target();
    init_credential2();
    init_guide();
    init_push();
    init_secrets2();
    API = "https://api.roadie.so";
  }
});

// src/commands/session.ts
async function inSession(host, context, inputs, report, runtime, command) {
  const { cancelled, grace = GRACE } = runtime;
  const lifetime = createLifetime(runtime.clock, cancelled, inputs.timeout, grace);
  const http = createHttp({
    userAgent: `catalog-connect/${version} (${host.name})`,
    network: host.network,
    clock: runtime.clock,
    lifetime: lifetime.ending,
    grace: lifetime,
    log: (message) => host.info(message)
  });
  const reads = azureDevOps(http);
  const clock = until(lifetime.ending, runtime.clock);
  const catalogFor = async (owner) => {
    const connect4 = await CATALOGS2[inputs.catalog]();
    return connect4({
      http,
      azureDevOps: reads,
      readSecret: readSecretFor(owner, inputs, context),
      clock,
      steadyClock: until(lifetime.over, runtime.clock),
      inputs
    });
  };
  try {
    await command({ inputs, context, report, http, azureDevOps: reads, clock, say: host.say, catalogFor });
  } catch (error2) {
    const { aborted, reason } = lifetime.ending;
    if (!aborted || error2 !== reason) throw error2;
    throw new Failure(
      `${reason.message} It was still waiting for ${report.waitsFor()}.`,
      "What was done is above, and stays. Run the step again: it goes on from there."
    );
  } finally {
    lifetime.release();
    await http.close();
  }
}
function readSecretFor(owner, { azureDevOpsPat: pat }, { azureDevOps: own }) {
  if (pat) return { pat };
  const same4 = own?.url === owner.host && own.organization.toLowerCase() === owner.organization.toLowerCase();
  return same4 && own.token && isConfidential(owner.host) ? { jobToken: own.token } : void 0;
}
async function withNames(session, owner) {
  const { inputs, context, report, azureDevOps: reads } = session;
  if (!("name" in owner) || owner.provider !== "azure-devops") return owner;
  const repository = owner;
  const { name, project } = repository;
  if (project !== void 0 && !isGuid(project) && !isGuid(name)) return owner;
  report.waiting("the names of the repository");
  const secret = readSecretFor(owner, inputs, context);
  try {
    if (secret) return { ...owner, ...await reads.read(repository, secret) };
  } catch (error2) {
    if (project === void 0) throw error2;
  }
  if (project !== void 0) return owner;
  throw new Failure(
    `The project of the repository ${fullName(repository)} is unknown: the variables of the pipeline do not contain it.`,
    "Set repository to project/repository, or set azure-devops-pat to look the project up."
  );
}
async function tryPat({ inputs, azureDevOps: reads }, owner, repository) {
  const { azureDevOpsPat: pat } = inputs;
  return pat && owner.provider === "azure-devops" ? reads.tryPat(owner, pat, repository) : void 0;
}
function tellUnusedDay({ inputs, report }, { provider }) {
  if (inputs.patExpiresOn && provider !== "azure-devops")
    report.info(
      `pat-expires-on is not used: it is the expiry date of an Azure DevOps PAT, and this credential is for ${provider}.`
    );
}
function judgeToday({ inputs, clock }, facts, trial) {
  return judge(facts, trial, inputs, dayOf(clock.now()));
}
var CATALOGS2, GRACE;
var init_session = __esm({
  "src/commands/session.ts"() {
    "use strict";
    init_azure_address();
    init_clock();
    init_dates();
    init_errors();
    init_address();
    init_http();
    init_lifetime();
    init_verdict();
    init_repository();
    init_azure_devops();
    init_version();
    CATALOGS2 = {
      konnect: async () => (await Promise.resolve().then(() => (init_konnect(), konnect_exports))).konnect,
      backstage: async () => (await Promise.resolve().then(() => (init_backstage(), backstage_exports))).backstage,
      roadie: async () => (await Promise.resolve().then(() => (init_roadie(), roadie_exports))).roadie
    };
    GRACE = 6e3;
  }
});

// src/commands/target.ts
function targetOf2(wanted, context) {
  const repository = wanted.repository === void 0 ? current(wanted, context) : named(wanted.repository, wanted, context);
  if (wanted.integration && wanted.integration !== repository.provider)
    throw new Failure(
      `The integration ${wanted.integration} does not read the repository ${fullName(repository)}, which is on ${repository.provider}.`,
      "Correct integration or repository."
    );
  if (repository.provider !== "azure-devops") return repository;
  const organization = wanted.azureDevOpsOrganization ?? repository.organization;
  if (!same3(organization, repository.organization))
    throw new Failure(
      `The repository ${fullName(repository)} is not in the organization "${organization}".`,
      "Correct azure-devops-organization or repository."
    );
  return confidential(reached(repository, wanted), wanted);
}
function ownerOf(wanted, context) {
  const { azureDevOpsOrganization: organization, integration: integration2 } = wanted;
  const { azureDevOps: own, repository } = context;
  if (wanted.repository !== void 0) return targetOf2(wanted, context);
  if (organization !== void 0) {
    const host = hostOf(organization, wanted, context);
    return inAzureDevOps({ provider: "azure-devops", organization, host });
  }
  if (repository && repository.provider === (integration2 ?? providerToJudge(repository)))
    return targetOf2(wanted, context);
  if (own && (integration2 ?? "azure-devops") === "azure-devops") return inAzureDevOps(pipelineOwner(own));
  throw new Failure(
    "It is not said of which organization the credential is.",
    "Set azure-devops-organization, or repository to one of its repositories."
  );
  function inAzureDevOps(owner) {
    return confidential(reached(inOwnCollection(owner, own), wanted), wanted);
  }
  function providerToJudge({ provider }) {
    const speaksOfPat = Boolean(wanted.azureDevOpsPat || wanted.patExpiresOn);
    return speaksOfPat || own && wanted.catalog !== "backstage" ? "azure-devops" : provider;
  }
}
function reached(owner, { azureDevOpsUrl }) {
  if (azureDevOpsUrl === void 0 || owner.provider !== "azure-devops") return owner;
  const isCollection = same3(segmentsOf(azureDevOpsUrl).at(-1), owner.organization);
  const url = isCollection ? azureDevOpsUrl.slice(0, azureDevOpsUrl.lastIndexOf("/")) : azureDevOpsUrl;
  if (owner.host !== azureDevOpsUrl && owner.host.startsWith(`${url}/`)) return owner;
  if (sameHost(url, owner.host)) return { ...owner, host: url };
  return { ...owner, host: url, behind: isRelay(url) ? trueHost(owner) : void 0 };
}
function hostOf(organization, { azureDevOpsUrl: url }, { azureDevOps: own }) {
  if (url !== void 0 && !isRelay(url)) return url;
  return own && same3(organization, own.organization) ? own.behind ?? own.url : AZURE_DEVOPS;
}
function isRelay(url) {
  return isLoopback(new URL(url).hostname);
}
function confidential(owner, { azureDevOpsPat }) {
  if (!azureDevOpsPat || isConfidential(owner.host)) return owner;
  throw new Failure(
    `The PAT would be sent to ${owner.host} in clear.`,
    "Use the https URL of the repository, or set azure-devops-url to it."
  );
}
function current(wanted, context) {
  const { repository, noRepository, cloneUrl } = context;
  const byIntegration = cloneUrl && parseRepositoryUrl(cloneUrl, wanted.integration, knownHosts(wanted, context));
  if (repository || byIntegration) return repository ?? byIntegration;
  throw new Failure(
    `The current repository ${noRepository ?? "is unknown"}.`,
    `Set repository to organization/project/repository, owner/name, or its URL.${cloneUrl ? " If its host is Azure DevOps, GitHub or GitLab under another name, set integration." : ""}`
  );
}
function named(text, wanted, context) {
  const { repository: run3, azureDevOps: own } = context;
  const organization = wanted.azureDevOpsOrganization ?? own?.organization;
  const provider = providerOf(text, wanted, context);
  const runHost = provider === run3?.provider ? run3?.host : void 0;
  const parsed = parseRepository(text, {
    provider,
    organization,
    host: provider === "azure-devops" ? hostOf(organization, wanted, context) : runHost,
    integration: wanted.integration,
    known: knownHosts(wanted, context)
  });
  const isCloudAddress = text.includes("://") && sameHost(text, AZURE_DEVOPS);
  const repository = reached(isCloudAddress ? parsed : inOwnCollection(parsed, own), wanted);
  return run3 && samePath(run3, repository) && sameHost(run3.host, repository.host) ? run3 : repository;
}
function inOwnCollection(owner, own) {
  if (!own || owner.provider !== "azure-devops" || !same3(owner.organization, own.organization)) return owner;
  const isInCloud = sameHost(owner.host, AZURE_DEVOPS);
  const isOwn = isInCloud === sameHost(isInCloud ? own.behind ?? own.url : own.url, AZURE_DEVOPS);
  return isOwn ? { ...owner, ...pipelineOwner(own) } : owner;
}
function knownHosts({ azureDevOpsUrl }, { repository, azureDevOps: own }) {
  const servers = [azureDevOpsUrl, own?.url].filter((host) => host !== void 0);
  return [
    ...servers.map((host) => ({ provider: "azure-devops", host })),
    ...repository ? [repository] : []
  ];
}
function providerOf(text, wanted, context) {
  if (wanted.integration) return wanted.integration;
  if (wanted.azureDevOpsOrganization || wanted.azureDevOpsUrl || wanted.azureDevOpsPat) return "azure-devops";
  const current2 = context.repository?.provider ?? (context.azureDevOps && "azure-devops");
  return current2 !== "gitlab" && text.split("/").length === 3 ? "azure-devops" : current2;
}
function same3(a, b) {
  return a?.toLowerCase() === b?.toLowerCase();
}
var init_target2 = __esm({
  "src/commands/target.ts"() {
    "use strict";
    init_azure_address();
    init_errors();
    init_address();
    init_repository();
    init_repository_host();
    init_repository_url();
  }
});

// src/tickets/html.ts
function html(parts, ...values) {
  const shown2 = values.map(
    (value) => value instanceof Html ? value.text : `<code>${escaped2(oneLine(String(value), 500))}</code>`
  );
  return new Html(String.raw({ raw: parts }, ...shown2));
}
function words(text) {
  const inner = oneLine(text, 1e3);
  const spaced = `${/^\s/u.test(text) ? " " : ""}${inner}${inner && /\s$/u.test(text) ? " " : ""}`;
  return new Html(escaped2(spaced).replace(/[@#](?!\d+;)/gu, "$&&#8288;"));
}
function link(address2, text) {
  return /^https?:\/\//u.test(address2) && URL.canParse(address2) ? new Html(`<a href="${escaped2(mask(new URL(address2).href))}">${escaped2(mask(text))}</a>`) : new Html(escaped2(mask(text)));
}
function escaped2(text) {
  return text.replace(/[&<>"'`]/gu, (character) => `&#${character.charCodeAt(0)};`);
}
var Html;
var init_html = __esm({
  "src/tickets/html.ts"() {
    "use strict";
    init_secrets();
    init_text();
    Html = class {
      text;
      constructor(text) {
        this.text = text;
      }
    };
  }
});

// src/reminder/letter.ts
function titleOf3({ facts, verdict, again: again2 }) {
  const { owner } = facts;
  const what = owner.provider === "azure-devops" ? "the Azure DevOps PAT" : `the ${owner.provider} credential`;
  const subject = `${what} of ${oneLine(owner.organization, 80)}`;
  const { status, expiry } = verdict;
  const day2 = expiry && `${expiry.on}${expiry.atMost ? " at the latest" : ""}`;
  if (status === "valid")
    return `${again2 ? "Works again" : "Renewed"}: ${subject}${day2 ? `, until ${day2}` : ""}`;
  if (status === "unknown") return `About ${subject}`;
  if (isDoubtful(verdict)) return `Check the last day of ${subject}: ${day2} is over, but it still works`;
  const state = {
    expiring: `it ends on ${day2}`,
    expired: expiry && expiry.daysLeft < 0 ? `it ended on ${day2}` : "it has expired",
    tainted: "it is refused",
    missing: "it is missing",
    unauthorized: "it is not authorized"
  }[status];
  return `Renew ${subject}: ${state}`;
}
function isDoubtful({ status, expiry }) {
  return status === "expiring" && expiry !== void 0 && expiry.daysLeft < 0;
}
function bodyOf(matter, mark) {
  const { facts, verdict, catalog } = matter;
  const { expiry } = verdict;
  const day2 = expiry ? html`<li>Last day: ${expiry.on}${words(expiry.atMost ? " at the latest" : "")} (${words(howKnown(expiry))})</li>` : words("");
  return joined(
    html`<p>${words(statement(matter))}</p>`,
    html`<ul><li>Catalog: ${catalog}</li><li>Integration: ${facts.integration.name} (${link(facts.integration.page, "open")})</li><li>Organization: ${facts.owner.organization} at ${facts.owner.host}</li>${day2}</ul>`,
    ...verdict.status === "valid" || isDoubtful(verdict) ? [] : instructions(matter),
    html`<p><sub>Kept by catalog-connect (command: remind)${run(matter)}. It comments here when less time is left, and closes this when the credential is renewed. Please leave ${words(matter.foundBy)}, and this: ${mark}</sub></p>`
  );
}
function instructions(matter) {
  const { facts } = matter;
  return [
    html`<h3>What breaks</h3>`,
    html`<p>Without it the catalog cannot read the repositories of ${facts.owner.organization}. Nothing fails at once: what the catalog knows of them grows old, new repositories do not appear, and one day all of it is gone.</p>`,
    html`<h3>What to do</h3>`,
    html`<ol>${joined(...facts.renewal.map((step2) => html`<li>${linked(step2)}</li>`))}</ol>`,
    html`<p>The next reminder closes this.</p>`
  ];
}
function statement({ facts, verdict, again: again2 }) {
  const { status, expiry, message, cure } = verdict;
  if (isDoubtful(verdict)) return `${message} ${cure}`;
  if (!expiry || status !== "expiring" && status !== "valid") return message;
  const ends = `ends on ${expiry.on}${expiry.atMost ? " at the latest" : ""}`;
  return status === "valid" ? `${facts.subject} ${again2 ? "works again" : "was renewed"}: it ${ends}.` : `${facts.subject} ${ends}. It is to be renewed before.`;
}
function commentOf(matter, renewed, mark) {
  const { verdict } = matter;
  const left = verdict.expiry && verdict.status === "expiring" && !isDoubtful(verdict) ? ` (${daysLeft(verdict.expiry.daysLeft)})` : "";
  return joined(
    renewed ? html`<p>${words(matter.again ? "Works again" : "Renewed")}: ${words(verdict.message)} Nothing is left to do.</p>` : html`<p><b>${words(titleOf3(matter))}${words(left)}.</b> What to do is said above.</p>`,
    html`<p><sub>catalog-connect${run(matter)}: ${mark}</sub></p>`
  );
}
function duplicateOf(page, mark) {
  return joined(
    html`<p>Two runs opened a ticket at the same moment: ${link(page, "the other one")} is kept.</p>`,
    html`<p><sub>catalog-connect: ${mark}</sub></p>`
  );
}
function run({ page }) {
  return page ? html` in ${link(page, "this run")}` : words("");
}
function linked(text) {
  const parts = text.split(/(https?:\/\/\S+?)(?=[.,:;]?(?:\s|$))/u);
  return joinedBy(
    "",
    parts.map((part, index) => index % 2 === 0 ? words(part) : link(part, part))
  );
}
function joined(...parts) {
  return joinedBy("\n", parts);
}
function joinedBy(separator, parts) {
  return new Html(parts.map(({ text }) => text).join(separator));
}
var init_letter = __esm({
  "src/reminder/letter.ts"() {
    "use strict";
    init_text();
    init_html();
    init_wording();
  }
});

// src/reminder/ticket.ts
function situationOf(facts, verdict, remindWithin, patGiven) {
  const { status, expiry } = verdict;
  return {
    stage: status === "valid" ? "renewed" : status === "expiring" ? threshold(expiry?.daysLeft ?? 0) : status,
    on: expiry?.on ?? "",
    credential: facts.credential,
    exact: expiry !== void 0 && !expiry.atMost && (expiry.source !== "input" || facts.fromPat === true || !patGiven && (facts.recorded ?? expiry.on) === expiry.on),
    works: verdict.works,
    remindWithin
  };
  function threshold(daysLeft2) {
    if (daysLeft2 < 0) return OVER;
    const passed = [remindWithin, ...THRESHOLDS.filter((days) => days < remindWithin)].filter(
      (days) => daysLeft2 <= days
    );
    return passed.at(-1) ?? remindWithin;
  }
}
function referenceOf({ key }) {
  return `catalog-connect-${key}`;
}
function markText(reference2, { stage, on, credential, told }) {
  return `${reference2}.${stage}.${on}.${credential}.${told}`;
}
function readMark(reference2, body) {
  const [, stage, on = "", credential = "", told = ""] = new RegExp(`${reference2}\\.(\\d+|[a-z]+)\\.([\\d-]*)\\.(\\w*)\\.(\\d+)`, "u").exec(body) ?? [];
  if (!stage) return void 0;
  return {
    stage: /^\d/u.test(stage) ? Number(stage) : stage,
    on,
    credential,
    told: Number(told)
  };
}
function decide({ open: open2 }, mark, now) {
  if (now.stage === "unknown") return void 0;
  const quietly = { operation: "updated", tell: false };
  if (now.stage === "renewed") {
    if (!isRenewed(mark, now) || !open2 && mark?.stage === "renewed") return void 0;
    return open2 === false ? quietly : { operation: "closed", tell: true };
  }
  if (mark === void 0) return { operation: open2 ? "updated" : "reopened", tell: true };
  if (typeof now.stage === "number" && isDead(mark.stage) && !isRenewed(mark, now)) return void 0;
  const graver = rank(now.stage) < rank(mark.stage);
  if (open2) {
    const same4 = mark.stage === now.stage && mark.on === now.on && isSame(mark.credential, now.credential);
    return same4 ? void 0 : { operation: "updated", tell: graver };
  }
  if (graver || isNextCycle(mark, now)) return { operation: "reopened", tell: true };
  return mark.stage === now.stage ? void 0 : quietly;
}
function isDead(stage) {
  return stage === "expired" || stage === "tainted";
}
function isSame(left, right) {
  if (left === "" || right === "") return left === right;
  const [[record2, pat], [otherRecord, otherPat]] = [left.split("_"), right.split("_")];
  return record2 === otherRecord || pat !== void 0 && pat === otherPat;
}
function isRenewed(mark, now) {
  if (mark === void 0) return now.exact;
  const { stage } = mark;
  if (!isSame(mark.credential, now.credential)) return true;
  if (stage === "missing" || stage === "unauthorized") return true;
  if (stage === "tainted" && mark.credential.split("_")[0] !== now.credential.split("_")[0]) return true;
  if (isDead(stage) && now.works) return true;
  return stage !== "tainted" && mark.on !== "" && now.exact && now.on > mark.on;
}
function rank(stage) {
  if (stage === "renewed") return Number.POSITIVE_INFINITY;
  return typeof stage === "number" ? stage : -1;
}
function isNextCycle(mark, now) {
  if (now.credential !== "" && !isSame(mark.credential, now.credential)) return true;
  return mark.on !== "" && now.on !== "" && daysFrom(mark.on, now.on) > now.remindWithin;
}
function isAgain(mark, now) {
  return mark !== void 0 && mark.on === now.on && isSame(mark.credential, now.credential);
}
var THRESHOLDS, OVER;
var init_ticket = __esm({
  "src/reminder/ticket.ts"() {
    "use strict";
    init_dates();
    THRESHOLDS = [30, 14, 7, 1];
    OVER = 0;
  }
});

// src/reminder/keep.ts
async function keepTicket(tracker, matter, remindWithin, mode) {
  const reference2 = referenceOf(matter.facts);
  const situation = situationOf(matter.facts, matter.verdict, remindWithin, matter.patGiven);
  const title = titleOf3(matter);
  const tickets = await tracker.find(reference2);
  const unknown2 = situation.stage === "unknown";
  if (tickets.length === 0 && (unknown2 || situation.stage === "renewed"))
    return { operation: "skipped", ticket: void 0, title };
  if (unknown2) return { operation: "unchanged", ticket: tickets[0], title };
  if (!mode.plan) await closeDuplicates(tracker, reference2, tickets);
  let operation = "unchanged";
  const decision = (found) => decide(found, readMark(reference2, found.body), situation);
  const fresh = markText(reference2, { ...situation, told: 0 });
  const ticket = {
    title: `ticket "${title}"`,
    hidden: "Run the step again.",
    find: aheadThen(Promise.resolve(tickets[0]), async () => (await tracker.find(reference2))[0]),
    differs: (found) => {
      const decided = decision(found);
      if (decided) operation = decided.operation;
      return decided ? [decided.operation] : [];
    },
    async create() {
      const made = await tracker.create(reference2, title, bodyOf(matter, fresh));
      const [oldest = made] = await tracker.find(reference2);
      if (oldest.id >= made.id) return made;
      await closeDuplicates(tracker, reference2, [oldest, made]);
      throw new OpenedMeanwhile();
    },
    async update(found) {
      const { tell: tell3, operation: decided } = decision(found) ?? { tell: false, operation: "updated" };
      const before = readMark(reference2, found.body);
      const told = (before?.told ?? 0) + (tell3 ? 1 : 0);
      const mark = markText(reference2, { ...situation, told });
      const renewed = situation.stage === "renewed";
      const now = { ...matter, again: renewed && isAgain(before, situation) };
      const revised = await tracker.revise(found, {
        title: titleOf3(now),
        body: bodyOf(now, mark),
        open: decided === "updated" ? found.open : !renewed,
        ...tell3 ? { comment: { text: commentOf(now, renewed, mark), mark } } : {}
      });
      operation = doneOf(decided, revised);
      return revised ?? found;
    }
  };
  const ensured = await ensure(ticket, mode);
  if (ensured.operation === "created") operation = "created";
  return { operation, ticket: ensured.value, title };
}
function doneOf(decided, revised) {
  if (!revised) return "unchanged";
  const refused2 = decided === "closed" && revised.open !== false || decided === "reopened" && revised.open !== true;
  return refused2 ? "updated" : decided;
}
async function closeDuplicates(tracker, reference2, [oldest, ...others]) {
  for (const other of others) {
    if (!oldest || !other.open) continue;
    const mark = `${reference2}.duplicate`;
    const revision = { open: false, comment: { text: duplicateOf(oldest.url, mark), mark } };
    await tracker.revise(other, revision).catch((error2) => {
      if (!error2.conflict && !error2.maybeProcessed) throw error2;
    });
  }
}
var OpenedMeanwhile;
var init_keep = __esm({
  "src/reminder/keep.ts"() {
    "use strict";
    init_ahead();
    init_ensure();
    init_errors();
    init_letter();
    init_ticket();
    OpenedMeanwhile = class extends Failure {
      name = "OpenedMeanwhile";
      conflict = true;
      constructor() {
        super("Other runs keep opening the same ticket.", "Run the step again.");
      }
    };
  }
});

// src/tickets/fetch.ts
function fetchThrough(http, api) {
  const { origin } = new URL(api);
  function addressed(address2, base) {
    if (!URL.canParse(address2, base?.href))
      throw new Failure(
        `GitHub's answer leads to "${oneLine(address2, 120)}", which is no address.`,
        "Check GITHUB_API_URL, and whether a proxy answers in its place."
      );
    const url = new URL(address2, base);
    if (url.origin !== origin)
      throw new Failure(
        `GitHub's answer leads to ${oneLine(url.origin, 120)}, which is not ${origin}; the token is not sent there.`,
        "Check GITHUB_API_URL."
      );
    return url;
  }
  async function follow(request) {
    let { url } = request;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const response = await http.send({ ...request, url });
      if (!REDIRECTS.includes(response.status)) return response;
      url = addressed([response.headers.location].flat()[0] ?? "", url);
    }
    throw new Failure(
      `${request.method} ${request.url.pathname} is redirected more than ${MOST_REDIRECTS} times, at last to ${oneLine(url.pathname, 120)}.`,
      "Check GITHUB_API_URL, and whether the repository was renamed."
    );
  }
  return async (input, { method = "GET", headers, body } = {}) => {
    const { "user-agent": _, ...ours } = headers;
    const response = await follow({
      method,
      url: addressed(String(input)),
      headers: ours,
      body: typeof body === "string" ? JSON.parse(body) : void 0
    });
    const shown2 = ["link", "x-github-request-id"].map((name) => [
      name,
      [response.headers[name] ?? []].flat().join(", ")
    ]);
    return {
      status: response.status,
      headers: new Map(shown2),
      text: async () => response.text
    };
  };
}
var REDIRECTS, MOST_REDIRECTS;
var init_fetch = __esm({
  "src/tickets/fetch.ts"() {
    "use strict";
    init_errors();
    init_text();
    REDIRECTS = [301, 302, 307, 308];
    MOST_REDIRECTS = 5;
  }
});

// src/tickets/github-refused.ts
function isRateLimit({ status, text }) {
  return status === 429 || /rate limit/iu.test(text);
}
function messageIn(text) {
  const json = parseJson(text);
  return json && typeof json === "object" && "message" in json ? String(json.message) : text;
}
function cureOf3(status, says, { archived, has_issues }) {
  if (isRateLimit({ status, text: says }))
    return "GitHub limits how often it may be called. Run the step again later.";
  if (archived || /\barchived\b/iu.test(says))
    return "The repository is archived, so GitHub allows no change to its issues. Run the reminder in a repository that is in use, or unarchive this one.";
  if (has_issues === false || /\bissues (?:has|have|are) (?:been )?disabled\b/iu.test(says))
    return "Issues are turned off in this repository: turn them on (Settings, General, Features), or use no ticket.";
  if (status === 401) return "The github-token is not valid here.";
  if (status === 403 || status === 404)
    return 'Give the job the permission "issues: write" (and "contents: read" only if it checks something out), or set github-token to a token that has it.';
  if (status === 410)
    return "The issue was deleted. Run the step again: it opens another one if one is needed.";
  if (status === 422) return "Check ticket-assignees (people who can be assigned here) and ticket-labels.";
  if (status >= 500) return "The fault is on the side of GitHub. Run the step again.";
  return "Check github-token and the repository.";
}
var GitHubRefused, GitHubUnreadable;
var init_github_refused = __esm({
  "src/tickets/github-refused.ts"() {
    "use strict";
    init_errors();
    init_json();
    init_text();
    GitHubRefused = class extends Failure {
      name = "GitHubRefused";
      status;
      /** What GitHub said, as it was sent. */
      says;
      maybeProcessed;
      /**
       * @param what e.g. `open an issue in acme/shop`
       * @param repository where it was asked about
       */
      constructor(what, answer, repository = {}) {
        const { method, path, status } = answer;
        const says = messageIn(answer.text);
        const id2 = answer.headers["x-github-request-id"];
        super(
          `GitHub did not let the step ${what}: ${method} ${oneLine(path, 200)}, status ${status}${id2 ? `, request ${oneLine(id2, 80)}` : ""}. ${oneLine(says)}`.trim(),
          cureOf3(status, says, repository)
        );
        this.status = status;
        this.says = says;
        this.maybeProcessed = method !== "GET" && status >= 500;
      }
    };
    GitHubUnreadable = class extends Failure {
      name = "GitHubUnreadable";
      /** What was to be written may well be there. */
      maybeProcessed;
      constructor({ method, path, status }, came) {
        super(
          `GitHub answered ${method} ${oneLine(path, 200)} with status ${status}, but not as its API does: ${came}.`,
          "Check GITHUB_API_URL, and whether a proxy answers in its place."
        );
        this.maybeProcessed = method !== "GET";
      }
    };
  }
});

// src/tickets/github-api.ts
async function gitHubApi(place, http, token) {
  const getOctokit = await place.octokit();
  const { request } = getOctokit(token, {
    baseUrl: place.api,
    request: { fetch: fetchThrough(http, place.api) },
    log: { debug() {
    }, info() {
    }, warn() {
    }, error() {
    } }
  });
  const at = { owner: place.owner, repo: place.repository };
  const where = `${place.owner}/${place.repository}`;
  async function send(route, parameters) {
    const { method, url } = request.endpoint(route, parameters);
    const answered = (answer) => ({
      method,
      path: new URL(url).pathname,
      status: answer.status,
      headers: answer.headers,
      text: String(answer.data ?? "")
    });
    try {
      return answered(await request(route, parameters));
    } catch (error2) {
      const { cause, response } = error2;
      if (response) return answered(response);
      throw cause instanceof Failure ? cause : error2;
    }
  }
  async function ask(what, route, parameters = {}) {
    const answer = await send(route, parameters);
    if (answer.status >= 400)
      throw new GitHubRefused(`${what} in ${where}`, answer, await repositoryBehind(answer));
    return answer;
  }
  async function repositoryBehind(answer) {
    if (![403, 404, 410].includes(answer.status) || isRateLimit(answer)) return {};
    const asked = await send("GET /repos/{owner}/{repo}", at).catch(() => void 0);
    const read4 = asked?.status === 200 ? readAnswer(Repository, asked.text) : void 0;
    return read4?.success ? read4.output : {};
  }
  function read3(schema, answer) {
    const found = readAnswer(schema, answer.text);
    if (found.success && answer.status < 300) return found.output;
    throw new GitHubUnreadable(answer, found.success ? "a redirect" : found.came);
  }
  return {
    call: async (what, schema, route, parameters) => read3(schema, await ask(what, route, { ...at, ...parameters })),
    async list(what, schema, route, parameters, pages) {
      const records = [];
      let answer = await ask(what, route, { ...at, per_page: 100, ...parameters });
      for (let page = 1; ; page++) {
        records.push(...read3(array(schema), answer));
        const next = /<([^<>]+)>;\s*rel="next"/u.exec(answer.headers.link ?? "")?.[1];
        if (!next || page === pages) return records;
        if (page === MOST_PAGES2) throw endless(answer);
        answer = await ask(what, `GET ${next}`);
      }
    },
    async delete(what, path, parameters) {
      await ask(what, `DELETE ${path}`, { ...at, ...parameters });
    }
  };
}
function endless({ method, path }) {
  return new Failure(
    `GitHub answered ${method} ${oneLine(path, 200)} with more than ${MOST_PAGES2} pages, so the list cannot be read to its end.`,
    "Check GITHUB_API_URL, and whether a proxy answers in its place."
  );
}
var MOST_PAGES2, Repository;
var init_github_api = __esm({
  "src/tickets/github-api.ts"() {
    "use strict";
    init_dist();
    init_answer();
    init_errors();
    init_text();
    init_fetch();
    init_github_refused();
    MOST_PAGES2 = 15;
    Repository = object({ archived: optional(boolean()), has_issues: optional(boolean()) });
  }
});

// src/tickets/github-issue.ts
function ticketOf({ number: number2, html_url, state, body, user, locked }) {
  return {
    id: number2,
    url: oneLine(html_url),
    open: state === "open",
    body: body ?? "",
    author: user?.login,
    locked: locked ?? false
  };
}
function missingLabels({ labels: labels2 }, wanted) {
  const names = labels2?.map((label) => typeof label === "string" ? label : label.name) ?? [];
  return wanted.filter((label) => !names.some((name) => isSame2(name, label)));
}
function isSame2(left, right) {
  return left?.toLowerCase() === right.toLowerCase();
}
var User, Issue;
var init_github_issue = __esm({
  "src/tickets/github-issue.ts"() {
    "use strict";
    init_dist();
    init_text();
    User = object({ login: string() });
    Issue = object({
      number: number(),
      html_url: string(),
      state: string(),
      body: nullish(string()),
      user: nullish(User),
      locked: nullish(boolean()),
      labels: nullish(array(union([string(), object({ name: nullish(string()) })]))),
      pull_request: optional(unknown())
    });
  }
});

// src/tickets/tracker.ts
function notAssigned(why) {
  return `The ticket is there, but not assigned as ticket-assignees says: ${why}`;
}
var init_tracker = __esm({
  "src/tickets/tracker.ts"() {
    "use strict";
  }
});

// src/tickets/github-issues.ts
var github_issues_exports = {};
__export(github_issues_exports, {
  gitHubIssues: () => gitHubIssues
});
async function gitHubIssues(place, http, token, { assignees, labels: labels2, warn }) {
  const gitHub2 = await gitHubApi(place, http, token);
  async function commentOnce({ id: id2, author }, text, mark) {
    const what = `comment on the issue ${id2}`;
    const at = { issue_number: id2 };
    const withMark = async () => (await gitHub2.list(what, Comment, `GET ${ISSUE}/comments`, at)).filter(({ body, user }) => body?.includes(mark) && user?.login === author).map((comment) => comment.id);
    if ((await withMark()).length > 0) return;
    const made = await gitHub2.call(what, Comment, `POST ${ISSUE}/comments`, { ...at, body: text.text });
    if (Math.min(made.id, ...await withMark()) < made.id)
      await gitHub2.delete(what, `${ISSUES}/comments/{comment_id}`, { comment_id: made.id });
  }
  const list = (parameters, pages) => gitHub2.list("look for the issue", Issue, `GET ${ISSUES}`, { state: "all", ...parameters }, pages);
  async function listOwn() {
    const login = await self();
    return (await list({ creator: login }, NEWEST_PAGES)).filter(({ user }) => isSame2(user?.login, login));
  }
  async function self() {
    if (token.startsWith("ghs_")) return JOB;
    const asked = gitHub2.call("read whose token it has", User, "GET /user");
    return asked.then(
      ({ login }) => login,
      (error2) => {
        if (isRefusal(error2, 403) || isRefusal(error2, 404)) return JOB;
        throw error2;
      }
    );
  }
  return {
    title: `the issues of ${place.owner}/${place.repository}`,
    foundBy: () => `the label ${LABEL2}`,
    async find(reference2) {
      const ours = (issues) => issues.filter((issue2) => !issue2.pull_request && issue2.body?.includes(reference2)).map(ticketOf).sort((a, b) => a.id - b.id);
      const labelled = ours(await list({ labels: LABEL2 }));
      return labelled.length > 0 ? labelled : ours(await listOwn());
    },
    async create(_, title, body) {
      const draft = { title, body: body.text, labels: [LABEL2, ...labels2] };
      const open2 = (given) => gitHub2.call("open an issue", Issue, `POST ${ISSUES}`, given);
      const made = await open2({ ...draft, assignees }).catch(async (error2) => {
        if (assignees.length === 0 || !isRefusal(error2, 422)) throw error2;
        const unassigned = await open2(draft);
        warn(notAssigned(error2.message));
        return unassigned;
      });
      const ticket = ticketOf(made);
      const lost = missingLabels(made, draft.labels);
      if (lost.length > 0) warn(lostLabels(ticket, lost));
      return ticket;
    },
    async revise(ticket, { title, body, open: open2, comment }) {
      const untold = comment && await lockMet(ticket, commentOnce(ticket, comment.text, comment.mark));
      const changes = {
        issue_number: ticket.id,
        ...title === void 0 ? {} : { title },
        ...body === void 0 ? {} : { body: body.text },
        ...open2 === void 0 ? {} : { state: open2 ? "open" : "closed" }
      };
      const changing = gitHub2.call(`update the issue ${ticket.id}`, Issue, `PATCH ${ISSUE}`, changes);
      const unchanged = await lockMet(ticket, changing);
      const lock = unchanged ?? untold;
      if (lock)
        warn(
          `The issue ${ticket.url} is locked. It was ${unchanged ? "not updated" : "updated, but without a comment"}. ${lock.message} Unlock it to get reminders in it again.`
        );
      return unchanged ? void 0 : ticketOf(await changing);
    }
  };
}
function isRefusal(error2, status) {
  return error2 instanceof GitHubRefused && error2.status === status;
}
async function lockMet(ticket, doing) {
  try {
    await doing;
    return void 0;
  } catch (error2) {
    if (isLock(error2, ticket)) return error2;
    throw error2;
  }
}
function isLock(error2, { locked }) {
  if (!isRefusal(error2, 403) || /rate limit|\barchived\b/iu.test(error2.says)) return false;
  return locked || /\blocked\b/iu.test(error2.says);
}
function lostLabels(ticket, labels2) {
  const found = labels2.includes(LABEL2) ? "Later runs find the issue only among the newest ones of the same creator. " : "";
  return `GitHub created the issue ${ticket.url} without ${labels2.length > 1 ? "the labels" : "the label"} ${labels2.join(", ")}. ${found}Use a github-token whose owner can triage the repository: others can set neither labels nor assignees.`;
}
var LABEL2, JOB, NEWEST_PAGES, Comment, ISSUES, ISSUE;
var init_github_issues = __esm({
  "src/tickets/github-issues.ts"() {
    "use strict";
    init_dist();
    init_github_api();
    init_github_issue();
    init_github_refused();
    init_tracker();
    LABEL2 = "catalog-connect";
    JOB = "github-actions[bot]";
    NEWEST_PAGES = 3;
    Comment = object({ id: number(), body: nullish(string()), user: nullish(User) });
    ISSUES = "/repos/{owner}/{repo}/issues";
    ISSUE = `${ISSUES}/{issue_number}`;
  }
});

// src/tickets/work-item-refused.ts
function ruledFields(text, says) {
  const { success, output } = safeParse(RuleErrors, parseJson(text));
  const errors = success ? output.customProperties.RuleValidationErrors : [{ fieldReferenceName: void 0, errorMessage: says }];
  const names = errors.flatMap(({ fieldReferenceName: reference2, errorMessage }) => {
    const name = /Rule Error for field (.+?)[.:](?:\s|$)/u.exec(errorMessage)?.[1] ?? reference2;
    if (!name) return [];
    return oneLine(reference2 && reference2 !== name ? `${name} (${reference2})` : name, 160);
  });
  return names.slice(0, 10);
}
function ruleCure(fields, type) {
  return `The work item type "${type}" has a rule for the field ${fields.join(", ")} that the step cannot follow. Give the field a default value in the process, relax the rule, or set work-item-type to a type without it.`;
}
function cureOf4(response, says, type) {
  const { status } = response;
  if (isVersionRefused(response)) return TOO_OLD;
  if (/TF401289|tag definition/iu.test(says))
    return 'Let the build service of the project "Create tag definition" (Project settings, Permissions): the ticket is found by a tag.';
  if (status === 404) return `Check that the project has the work item type "${type}" (work-item-type).`;
  if (status === 400) return "Check work-item-type (one without other required fields) and ticket-labels.";
  if (isSignIn(response))
    return "The token is not valid here, or lacks the right: a PAT needs Work Items: Read & write; the job's own is of its project.";
  if (status < 400) return CHECK_ADDRESS2;
  if (status === 429) return "Azure DevOps throttles. Run the step again later.";
  if (status >= 500) return "Azure DevOps is not well. Run the step again.";
  return 'Let "<Project> Build Service (<organization>)" view and "Edit work items in this node" (Project settings, Boards, Areas, Security); where the job authorization scope is not limited to the project, it is "Project Collection Build Service (<organization>)".';
}
var WorkItemRefused, WorkItemUnreadable, CHECK_ADDRESS2, RuleErrors;
var init_work_item_refused = __esm({
  "src/tickets/work-item-refused.ts"() {
    "use strict";
    init_dist();
    init_errors();
    init_json();
    init_api_version();
    init_service_answer();
    init_text();
    WorkItemRefused = class extends Failure {
      name = "WorkItemRefused";
      status;
      /** Somebody else changed it meanwhile. */
      conflict;
      maybeProcessed;
      constructor({ what, method, url, reads, type }, response) {
        const { status } = response;
        const says = serviceMessage(response);
        const fields = ruledFields(response.text, says);
        const trace = [response.headers["x-vss-e2eid"] ?? response.headers.activityid].flat()[0];
        super(
          `Azure DevOps did not let the step ${what}: ${method} ${url.pathname}, status ${status}${trace ? `, activity ${oneLine(trace, 80)}` : ""}. ${oneLine(says)}`.trim(),
          fields.length > 0 ? ruleCure(fields, type) : cureOf4(response, says, type)
        );
        this.status = status;
        this.conflict = status === 409 || status === 412 || /TF26071|VS403351|\/rev\b/u.test(says);
        this.maybeProcessed = !reads && status >= 500;
      }
    };
    WorkItemUnreadable = class extends Failure {
      name = "WorkItemUnreadable";
      /** What was to be written may well be there. */
      maybeProcessed;
      constructor({ method, url, reads }, came) {
        super(
          `Azure DevOps answered ${method} ${url.pathname} with status 200, but not as its API does: ${came}.`,
          CHECK_ADDRESS2
        );
        this.maybeProcessed = !reads;
      }
    };
    CHECK_ADDRESS2 = "Check the address of the server, and whether a proxy answers in its place.";
    RuleErrors = object({
      customProperties: object({
        RuleValidationErrors: array(
          object({ fieldReferenceName: nullish(string()), errorMessage: optional(string(), "") })
        )
      })
    });
  }
});

// src/tickets/work-item-api.ts
function projectAddress({ url, organization, project }) {
  return [url, ...[organization, project].map(encodeURIComponent)].join("/");
}
function workItemApi(place, http, secret) {
  return async (schema, call) => {
    const { what, type, method, path, query = {}, body, reads = method === "GET" } = call;
    if (!isConfidential(place.url))
      throw new Failure(
        `The token would be sent to ${place.url} in clear, to ${what}.`,
        "Use the https URL of the server."
      );
    const url = new URL(`${projectAddress(place)}/_apis/wit/${path}`);
    url.search = new URLSearchParams({ ...query, "api-version": call.version ?? API_VERSION }).toString();
    const headers = { ...azureDevOpsHeaders(secret), ...reads ? {} : PATCH };
    const response = await http.send({ method, url, headers, body, reads });
    const request = { what, method, url, reads, type };
    if (response.status !== 200) throw new WorkItemRefused(request, response);
    const found = readAnswer(schema, response.text);
    if (!found.success) throw new WorkItemUnreadable(request, found.came);
    return found.output;
  };
}
var PATCH;
var init_work_item_api = __esm({
  "src/tickets/work-item-api.ts"() {
    "use strict";
    init_answer();
    init_errors();
    init_address();
    init_api_version();
    init_azure_devops();
    init_work_item_refused();
    PATCH = { "content-type": "application/json-patch+json" };
  }
});

// src/tickets/work-item-type.ts
function workItemTypes(call) {
  const types = /* @__PURE__ */ new Map();
  return (name) => {
    const known = types.get(name) ?? readType(call, name);
    types.set(name, known);
    return known;
  };
}
async function readType(call, name) {
  const path = `workitemtypes/${encodeURIComponent(name)}`;
  const get = { method: "GET", type: name };
  const [{ value: states }, textField] = await Promise.all([
    call(States, {
      ...get,
      what: "read the states of its type",
      path: `${path}/states`,
      version: PREVIEW_VERSION
    }),
    call(Definition, { ...get, what: "read the fields of its type", path }).then(textFieldOf, (error2) => {
      if (error2 instanceof WorkItemRefused && error2.status === 404) return DESCRIPTION;
      throw error2;
    })
  ]);
  const firstOf = (...categories) => categories.flatMap((category) => states.filter((state) => state.category === category))[0];
  const open2 = firstOf("Proposed", "InProgress");
  const closed = firstOf("Completed", "Removed");
  if (!open2 || !closed)
    throw new Failure(
      `The work item type "${name}" has no state that is open, or none that is closed.`,
      "Set work-item-type to another type."
    );
  return {
    textField,
    open: open2.name,
    closed: closed.name,
    isOpen(given) {
      const state = states.find((one) => one.name.toLowerCase() === String(given).toLowerCase());
      return state && IS_OPEN[state.category];
    }
  };
}
function textFieldOf({ fieldInstances, fields }) {
  const all = [...fieldInstances ?? [], ...fields ?? []];
  return all.some(({ referenceName }) => referenceName === REPRO_STEPS) ? REPRO_STEPS : DESCRIPTION;
}
var REPRO_STEPS, DESCRIPTION, Fields, Definition, States, IS_OPEN;
var init_work_item_type = __esm({
  "src/tickets/work-item-type.ts"() {
    "use strict";
    init_dist();
    init_errors();
    init_api_version();
    init_work_item_refused();
    REPRO_STEPS = "Microsoft.VSTS.TCM.ReproSteps";
    DESCRIPTION = "System.Description";
    Fields = array(object({ referenceName: string() }));
    Definition = union([
      object({ fieldInstances: Fields, fields: nullish(Fields) }),
      object({ fieldInstances: nullish(Fields), fields: Fields })
    ]);
    States = object({ value: array(object({ name: string(), category: nullish(string(), "") })) });
    IS_OPEN = {
      Proposed: true,
      InProgress: true,
      Completed: false,
      Removed: false
    };
  }
});

// src/tickets/work-items.ts
var work_items_exports = {};
__export(work_items_exports, {
  workItems: () => workItems
});
function workItems(place, http, secret, type, { assignees, labels: labels2, warn }) {
  const call = workItemApi(place, http, secret);
  const typeOf = workItemTypes(call);
  async function ticketOf2({ id: id2, rev, fields }) {
    const kind = String(fields["System.WorkItemType"] ?? type);
    const { isOpen, textField } = await typeOf(kind);
    return {
      id: id2,
      revision: rev,
      kind,
      url: `${projectAddress(place)}/_workitems/edit/${id2}`,
      open: isOpen(fields["System.State"]),
      body: String(fields[textField] ?? "")
    };
  }
  const field = (name, value) => ({ op: "add", path: `/fields/${name}`, value });
  return {
    title: `the work items of ${place.organization}/${place.project}`,
    foundBy: (reference2) => `the tag ${reference2}`,
    async find(reference2) {
      const query = `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.Tags] CONTAINS '${reference2}' ORDER BY [System.Id]`;
      const looking = { what: "look for the work item", type, path: "wiql", reads: true };
      const [{ workItems: found }] = await Promise.all([
        call(Found, { ...looking, method: "POST", body: { query } }),
        typeOf(type)
      ]);
      const ids = found.slice(0, MOST).map(({ id: id2 }) => id2);
      if (ids.length === 0) return [];
      const { value } = await call(WorkItems, {
        what: "read the work item",
        type,
        method: "GET",
        path: "workitems",
        query: { ids: ids.join() }
      });
      const missing2 = ids.filter((id2) => !value.some((item) => item.id === id2));
      if (missing2.length > 0) throw incomplete(missing2);
      return Promise.all(value.sort((a, b) => a.id - b.id).map(ticketOf2));
    },
    async create(reference2, title, body) {
      const { textField } = await typeOf(type);
      const operations2 = [
        field("System.Title", title),
        field(textField, body.text),
        field("System.Tags", [reference2, ...labels2].join("; "))
      ];
      const open2 = (more) => call(WorkItem, {
        what: "open a work item",
        type,
        method: "POST",
        path: `workitems/$${encodeURIComponent(type)}`,
        body: [...operations2, ...more]
      });
      const [assignee, ...others] = assignees;
      if (!assignee) return ticketOf2(await open2([]));
      const made = await open2([field("System.AssignedTo", assignee)]).catch(async (error2) => {
        if (!isRefusedAsItIs(error2)) throw error2;
        const unassigned = await open2([]);
        warn(notAssigned(error2.message));
        return unassigned;
      });
      if (others.length > 0)
        warn(notAssigned(`a work item has one assignee, so ${others.join(", ")} is left out.`));
      return ticketOf2(made);
    },
    async revise(ticket, { title, body, open: open2, comment }) {
      const kind = ticket.kind ?? type;
      const states = await typeOf(kind);
      const operations2 = [
        { op: "test", path: "/rev", value: ticket.revision },
        ...title === void 0 ? [] : [field("System.Title", title)],
        ...body === void 0 ? [] : [field(states.textField, body.text)],
        ...comment ? [field("System.History", comment.text.text)] : []
      ];
      const save = (more) => call(WorkItem, {
        what: `update the work item ${ticket.id}`,
        type: kind,
        method: "PATCH",
        path: `workitems/${ticket.id}`,
        body: [...operations2, ...more]
      });
      if (open2 === void 0 || open2 === ticket.open) return ticketOf2(await save([]));
      const state = field("System.State", open2 ? states.open : states.closed);
      try {
        const saved = await ticketOf2(await save([state]));
        return { ...saved, open: saved.open ?? open2 };
      } catch (error2) {
        if (!isRefusedAsItIs(error2)) throw error2;
        const saved = await ticketOf2(await save([]));
        warn(
          `The work item ${ticket.url} was updated, but it could not be ${open2 ? "reopened" : "closed"}. ${error2.message} ${error2.cure} Then ${open2 ? "reopen" : "close"} it by hand.`
        );
        return saved;
      }
    }
  };
}
function isRefusedAsItIs(error2) {
  return error2 instanceof WorkItemRefused && error2.status === 400 && !error2.conflict;
}
function incomplete(missing2) {
  return new Failure(
    `Azure DevOps found the work items ${missing2.join(", ")}, but did not return them.`,
    "Run the step again."
  );
}
var WorkItem, WorkItems, Found, MOST;
var init_work_items = __esm({
  "src/tickets/work-items.ts"() {
    "use strict";
    init_dist();
    init_errors();
    init_tracker();
    init_work_item_api();
    init_work_item_refused();
    init_work_item_type();
    WorkItem = object({ id: number(), rev: number(), fields: record(string(), unknown()) });
    WorkItems = object({ value: array(WorkItem) });
    Found = object({ workItems: array(object({ id: number() })) });
    MOST = 50;
  }
});

// src/commands/ticket.ts
var ticket_exports = {};
__export(ticket_exports, {
  remindByTicket: () => remindByTicket
});
async function remindByTicket(session, facts, verdict, catalog) {
  const { inputs, context, report, clock } = session;
  const tracker = await trackerOf(session);
  report.waiting(tracker.title);
  const matter = {
    facts,
    verdict,
    catalog,
    patGiven: inputs.azureDevOpsPat !== void 0,
    foundBy: tracker.foundBy(referenceOf(facts)),
    page: context.page
  };
  report.ticket(
    await keepTicket(discreet(tracker, session), matter, inputs.remindWithin, {
      plan: inputs.command === "plan",
      clock
    })
  );
}
function discreet(tracker, { say }) {
  const html2 = (given) => new Html(say(given.text));
  return {
    ...tracker,
    create: (reference2, title, body) => tracker.create(reference2, say(title), html2(body)),
    revise: (ticket, { title, body, comment, ...rest }) => tracker.revise(ticket, {
      ...rest,
      ...title === void 0 ? {} : { title: say(title) },
      ...body === void 0 ? {} : { body: html2(body) },
      ...comment === void 0 ? {} : { comment: { ...comment, text: html2(comment.text) } }
    })
  };
}
async function trackerOf({ inputs, context: { tickets: place }, http, report }) {
  const fresh = {
    assignees: inputs.ticketAssignees,
    labels: inputs.ticketLabels,
    warn: report.warning
  };
  if (place?.kind === "github-issues") {
    if (!inputs.gitHubToken)
      throw new Failure("There is no github-token to keep the ticket with.", "Set github-token.");
    const { gitHubIssues: gitHubIssues2 } = await Promise.resolve().then(() => (init_github_issues(), github_issues_exports));
    return gitHubIssues2(place, http, inputs.gitHubToken, fresh);
  }
  const secret = place?.token ? { jobToken: place.token } : { pat: inputs.azureDevOpsPat ?? "" };
  if (place && (place.token || inputs.azureDevOpsPat)) {
    const { workItems: workItems2 } = await Promise.resolve().then(() => (init_work_items(), work_items_exports));
    return workItems2(place, http, secret, inputs.workItemType, fresh);
  }
  throw new Failure(
    place ? "There is neither a job token nor a PAT to keep the work item with." : "There is no place for a ticket here: neither a GitHub repository nor an Azure DevOps project.",
    "Run the step in GitHub Actions or Azure Pipelines, or leave ticket out."
  );
}
var init_ticket2 = __esm({
  "src/commands/ticket.ts"() {
    "use strict";
    init_errors();
    init_keep();
    init_ticket();
    init_html();
  }
});

// src/commands/register.ts
async function register2(session) {
  const { inputs, context, report } = session;
  const repository = await withNames(session, targetOf2(inputs, context));
  const catalog = await session.catalogFor(repository);
  const plan = inputs.command === "plan";
  report.begin(
    `${plan ? "plan (nothing is written)" : "register"}: ${fullName(repository)} in ${catalog.title}`
  );
  tellUnusedDay(session, repository);
  const trying = tryPat(session, repository, repository);
  let facts;
  try {
    await catalog.connect(repository, {
      ...report,
      credential(told) {
        facts = told;
      }
    });
  } finally {
    if (facts) report.verdict(judgeToday(session, facts, await trying), "warning");
  }
  const left = report.pending();
  if (left && inputs.failOnPending)
    throw new Failure(
      left,
      "Then run the step again: it goes on from there. (fail-on-pending decides whether it fails.)"
    );
  if (left) report.warning(left);
  if (!inputs.ticket || !facts) return;
  const verdict = judgeToday(session, facts, await trying);
  if (!plan) return report.info("No ticket is kept by command: register; that is what command: remind does.");
  if (!verdict.message) return;
  const { remindByTicket: remindByTicket2 } = await Promise.resolve().then(() => (init_ticket2(), ticket_exports));
  await remindByTicket2(session, facts, verdict, catalog.title);
}
var init_register = __esm({
  "src/commands/register.ts"() {
    "use strict";
    init_errors();
    init_repository();
    init_session();
    init_target2();
  }
});

// src/commands/remind.ts
var remind_exports = {};
__export(remind_exports, {
  remind: () => remind
});
async function remind(session) {
  const { inputs, context, report } = session;
  const owner = await withNames(session, ownerOf(inputs, context));
  const catalog = await session.catalogFor(owner);
  report.begin(`remind: the credential for ${owner.organization} in ${catalog.title}`);
  tellUnusedDay(session, owner);
  const trying = tryPat(session, owner);
  const facts = await catalog.inspect(owner, { ...report, credential() {
  } });
  const verdict = judgeToday(session, facts, await trying);
  const fails = inputs.failOn.some((ailment) => ailment === verdict.status);
  const failure = fails ? new Failure(verdict.message, verdict.cure) : void 0;
  const said = fails ? { ...verdict, message: "" } : verdict;
  report.verdict(said, verdict.status === "expiring" || verdict.status === "unknown" ? "warning" : "error");
  if (inputs.ticket) {
    try {
      const { remindByTicket: remindByTicket2 } = await Promise.resolve().then(() => (init_ticket2(), ticket_exports));
      await remindByTicket2(session, facts, verdict, catalog.title);
    } catch (error2) {
      if (!failure) throw error2;
      report.warning(explain(error2));
    }
  }
  if (failure) throw failure;
}
var init_remind = __esm({
  "src/commands/remind.ts"() {
    "use strict";
    init_errors();
    init_session();
    init_target2();
  }
});

// src/commands/obey.ts
var obey_exports = {};
__export(obey_exports, {
  obey: () => obey
});
async function obey(host, context, report, runtime) {
  const inputs = await parseInputs((name) => host.input(name), context.azureDevOps?.token);
  await inSession(host, context, inputs, report, runtime, async (session) => {
    if (inputs.command !== "remind") return register2(session);
    const { remind: remind2 } = await Promise.resolve().then(() => (init_remind(), remind_exports));
    return remind2(session);
  });
}
var init_obey = __esm({
  "src/commands/obey.ts"() {
    "use strict";
    init_parse();
    init_register();
    init_session();
  }
});

// node_modules/tunnel/lib/tunnel.js
var require_tunnel = __commonJS({
  "node_modules/tunnel/lib/tunnel.js"(exports2) {
    "use strict";
    var net = require("net");
    var tls = require("tls");
    var http = require("http");
    var https = require("https");
    var events = require("events");
    var assert = require("assert");
    var util = require("util");
    exports2.httpOverHttp = httpOverHttp2;
    exports2.httpsOverHttp = httpsOverHttp2;
    exports2.httpOverHttps = httpOverHttps2;
    exports2.httpsOverHttps = httpsOverHttps2;
    function httpOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http.request;
      return agent;
    }
    function httpsOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    function httpOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https.request;
      return agent;
    }
    function httpsOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    function TunnelingAgent(options) {
      var self = this;
      self.options = options || {};
      self.proxyOptions = self.options.proxy || {};
      self.maxSockets = self.options.maxSockets || http.Agent.defaultMaxSockets;
      self.requests = [];
      self.sockets = [];
      self.on("free", function onFree(socket, host, port, localAddress) {
        var options2 = toOptions(host, port, localAddress);
        for (var i = 0, len = self.requests.length; i < len; ++i) {
          var pending = self.requests[i];
          if (pending.host === options2.host && pending.port === options2.port) {
            self.requests.splice(i, 1);
            pending.request.onSocket(socket);
            return;
          }
        }
        socket.destroy();
        self.removeSocket(socket);
      });
    }
    util.inherits(TunnelingAgent, events.EventEmitter);
    TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
      var self = this;
      var options = mergeOptions({ request: req }, self.options, toOptions(host, port, localAddress));
      if (self.sockets.length >= this.maxSockets) {
        self.requests.push(options);
        return;
      }
      self.createSocket(options, function(socket) {
        socket.on("free", onFree);
        socket.on("close", onCloseOrRemove);
        socket.on("agentRemove", onCloseOrRemove);
        req.onSocket(socket);
        function onFree() {
          self.emit("free", socket, options);
        }
        function onCloseOrRemove(err) {
          self.removeSocket(socket);
          socket.removeListener("free", onFree);
          socket.removeListener("close", onCloseOrRemove);
          socket.removeListener("agentRemove", onCloseOrRemove);
        }
      });
    };
    TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
      var self = this;
      var placeholder = {};
      self.sockets.push(placeholder);
      var connectOptions = mergeOptions({}, self.proxyOptions, {
        method: "CONNECT",
        path: options.host + ":" + options.port,
        agent: false,
        headers: {
          host: options.host + ":" + options.port
        }
      });
      if (options.localAddress) {
        connectOptions.localAddress = options.localAddress;
      }
      if (connectOptions.proxyAuth) {
        connectOptions.headers = connectOptions.headers || {};
        connectOptions.headers["Proxy-Authorization"] = "Basic " + new Buffer(connectOptions.proxyAuth).toString("base64");
      }
      debug2("making CONNECT request");
      var connectReq = self.request(connectOptions);
      connectReq.useChunkedEncodingByDefault = false;
      connectReq.once("response", onResponse);
      connectReq.once("upgrade", onUpgrade);
      connectReq.once("connect", onConnect);
      connectReq.once("error", onError);
      connectReq.end();
      function onResponse(res) {
        res.upgrade = true;
      }
      function onUpgrade(res, socket, head) {
        process.nextTick(function() {
          onConnect(res, socket, head);
        });
      }
      function onConnect(res, socket, head) {
        connectReq.removeAllListeners();
        socket.removeAllListeners();
        if (res.statusCode !== 200) {
          debug2(
            "tunneling socket could not be established, statusCode=%d",
            res.statusCode
          );
          socket.destroy();
          var error2 = new Error("tunneling socket could not be established, statusCode=" + res.statusCode);
          error2.code = "ECONNRESET";
          options.request.emit("error", error2);
          self.removeSocket(placeholder);
          return;
        }
        if (head.length > 0) {
          debug2("got illegal response body from proxy");
          socket.destroy();
          var error2 = new Error("got illegal response body from proxy");
          error2.code = "ECONNRESET";
          options.request.emit("error", error2);
          self.removeSocket(placeholder);
          return;
        }
        debug2("tunneling connection has established");
        self.sockets[self.sockets.indexOf(placeholder)] = socket;
        return cb(socket);
      }
      function onError(cause) {
        connectReq.removeAllListeners();
        debug2(
          "tunneling socket could not be established, cause=%s\n",
          cause.message,
          cause.stack
        );
        var error2 = new Error("tunneling socket could not be established, cause=" + cause.message);
        error2.code = "ECONNRESET";
        options.request.emit("error", error2);
        self.removeSocket(placeholder);
      }
    };
    TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
      var pos = this.sockets.indexOf(socket);
      if (pos === -1) {
        return;
      }
      this.sockets.splice(pos, 1);
      var pending = this.requests.shift();
      if (pending) {
        this.createSocket(pending, function(socket2) {
          pending.request.onSocket(socket2);
        });
      }
    };
    function createSecureSocket(options, cb) {
      var self = this;
      TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
        var hostHeader = options.request.getHeader("host");
        var tlsOptions = mergeOptions({}, self.options, {
          socket,
          servername: hostHeader ? hostHeader.replace(/:.*$/, "") : options.host
        });
        var secureSocket = tls.connect(0, tlsOptions);
        self.sockets[self.sockets.indexOf(socket)] = secureSocket;
        cb(secureSocket);
      });
    }
    function toOptions(host, port, localAddress) {
      if (typeof host === "string") {
        return {
          host,
          port,
          localAddress
        };
      }
      return host;
    }
    function mergeOptions(target) {
      for (var i = 1, len = arguments.length; i < len; ++i) {
        var overrides = arguments[i];
        if (typeof overrides === "object") {
          var keys = Object.keys(overrides);
          for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
            var k = keys[j];
            if (overrides[k] !== void 0) {
              target[k] = overrides[k];
            }
          }
        }
      }
      return target;
    }
    var debug2;
    if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
      debug2 = function() {
        var args = Array.prototype.slice.call(arguments);
        if (typeof args[0] === "string") {
          args[0] = "TUNNEL: " + args[0];
        } else {
          args.unshift("TUNNEL:");
        }
        console.error.apply(console, args);
      };
    } else {
      debug2 = function() {
      };
    }
    exports2.debug = debug2;
  }
});

// node_modules/tunnel/index.js
var require_tunnel2 = __commonJS({
  "node_modules/tunnel/index.js"(exports2, module2) {
    module2.exports = require_tunnel();
  }
});

// without:undici
var require_undici = __commonJS({
  "without:undici"(exports2) {
    var refuse = () => {
      throw new Error("Requests are made by src/http.");
    };
    exports2.ProxyAgent = class {
      dispatch() {
        refuse();
      }
    };
    exports2.fetch = refuse;
  }
});

// src/commands/main.ts
init_errors();

// src/inputs/names.ts
init_table();
function isSecret(name) {
  return INPUTS.some((input) => input.name === name && input.type === "secret");
}

// src/commands/main.ts
init_table();
init_values();

// src/commands/report.ts
init_table();
init_text();
function createReport(host, summary2) {
  let heading = "Catalog Connect";
  let waitsFor = "the catalog";
  const written2 = /* @__PURE__ */ new Set();
  const outcomes = [];
  const remarks = [];
  const todos = [];
  let ticketLine = "";
  const documents = [];
  const advice = [];
  function warning2(message) {
    advice.push(message);
    host.warning(message);
  }
  function output(name, value) {
    if (written2.has(name)) return;
    written2.add(name);
    host.output(name, value);
  }
  return {
    begin(title) {
      heading = `Catalog Connect: ${title}`;
      host.info(title);
    },
    pending: () => todos.length > 0 ? `This is left for a person to do:
${todos.map((step2, index) => `${index + 1}. ${step2}`).join("\n")}` : void 0,
    document(title, text) {
      host.info(`${title}:

${text}`);
      documents.push(`**${markdown(title)}**

${fenced(text)}`);
    },
    todo: (step2) => void todos.push(step2),
    waitsFor: () => waitsFor,
    waiting(what) {
      waitsFor = what;
    },
    outcome(outcome) {
      const { thing, operation, name, id: id2, reasons } = outcome;
      outcomes.push(outcome);
      if (id2) output(`${thing}-id`, id2);
      output(`${thing}-operation`, operation);
      const why = reasons.length > 0 ? `: ${reasons.join(", ")}` : "";
      host.info(`${thing.padEnd(12)} ${operation.padEnd(10)} ${name}${id2 && ` (${id2})`}${why}`);
    },
    serviceName: (name) => output("service-name", name),
    resource(id2, name) {
      output("resource-id", id2);
      host.info(`${"resource".padEnd(12)} ${"found".padEnd(10)} ${name || "(not discovered yet)"} (${id2})`);
    },
    info: (message) => host.info(message),
    warning: warning2,
    verdict({ status, expiry, message, cure, asides }, level) {
      output("credential-status", status);
      if (expiry) {
        output("credential-expires-on", expiry.on);
        output("credential-days-left", String(expiry.daysLeft));
        output("credential-expiry-source", expiry.source);
      }
      for (const aside of asides) warning2(aside);
      if (!message) return;
      const text = [message, cure].filter(Boolean).join(" ");
      if (status === "valid") {
        host.info(text);
        remarks.push(text);
      } else if (level === "warning") warning2(text);
      else {
        advice.push(text);
        host.error(text);
      }
    },
    ticket({ operation, ticket, title }) {
      output("ticket-operation", operation);
      if (ticket) output("ticket-url", ticket.url);
      const where = ticket ? ` (${ticket.url})` : "";
      const line = `${"ticket".padEnd(12)} ${operation.padEnd(10)} ${title}${where}`;
      host.info(line);
      ticketLine = `Ticket ${operation}: ${ticket ? `[${markdown(title)}](<${encodeURI(ticket.url)}>)` : markdown(title)}
`;
    },
    finish(failure) {
      const changed = outcomes.some(({ operation }) => !IDLE.includes(operation));
      output("changed", String(changed));
      for (const { name, default: value } of OUTPUTS) output(name, value);
      const quoted3 = [...remarks, ...advice, ...failure ? [failure] : []];
      if (summary2) host.summary(summaryOf(heading, outcomes, [ticketLine, ...documents], quoted3));
    }
  };
}
function fenced(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run3]) => run3.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}yaml
${text.trimEnd()}
${fence}
`;
}
var IDLE = ["unchanged", "skipped", "pending"];
var LONGEST_SUMMARY = 2e5;
function summaryOf(title, outcomes, documents, quoted3) {
  const rows2 = outcomes.map(({ thing, name, operation, id: id2, reasons }) => {
    const done = reasons.length > 0 ? `${operation}: ${markdown(reasons.join(", "))}` : operation;
    return `| ${thing} | ${markdown(name)} | ${done} | ${markdown(id2)} |`;
  });
  const table = rows2.length > 0 ? ["| | Name | Operation | ID |", "|---|---|---|---|", ...rows2, ""] : [];
  const next = quoted3.flatMap((text) => [...text.split("\n").map((line) => `> ${markdown(line)}  `), ""]);
  const summary2 = [`### ${markdown(title)}`, "", ...table, ...documents, ...next].join("\n");
  if (summary2.length <= LONGEST_SUMMARY) return summary2;
  return `${summary2.slice(0, summary2.lastIndexOf("\n", LONGEST_SUMMARY))}

The rest is in the log.`;
}

// src/commands/main.ts
function main(host, runtime) {
  return host.guard(() => step(host, runtime));
}
async function step(host, runtime) {
  const context = host.context();
  hideSecrets(host, context.azureDevOps?.token);
  if (!host.input("catalog-token") && context.secretsWithheld) {
    host.notice(`Nothing to do: ${context.secretsWithheld} gets no secrets, so there is no catalog-token.`);
    createReport(host, false).finish();
    return;
  }
  const report = createReport(host, parseBoolean(host.input("summary")) !== false);
  try {
    const { obey: obey2 } = await Promise.resolve().then(() => (init_obey(), obey_exports));
    await obey2(host, context, report, runtime);
    report.finish();
  } catch (error2) {
    report.finish(explain(error2));
    throw error2;
  }
}
function hideSecrets(host, jobToken) {
  const given = INPUTS.filter(({ name }) => isSecret(name)).map(({ name }) => host.input(name));
  for (const secret of [...given, jobToken]) if (secret) host.secret(secret);
}

// src/hosts/github.ts
var import_node_fs2 = require("node:fs");

// node_modules/@actions/core/lib/command.js
var os = __toESM(require("os"), 1);

// node_modules/@actions/core/lib/utils.js
function toCommandValue(input) {
  if (input === null || input === void 0) {
    return "";
  } else if (typeof input === "string" || input instanceof String) {
    return input;
  }
  return JSON.stringify(input);
}
function toCommandProperties(annotationProperties) {
  if (!Object.keys(annotationProperties).length) {
    return {};
  }
  return {
    title: annotationProperties.title,
    file: annotationProperties.file,
    line: annotationProperties.startLine,
    endLine: annotationProperties.endLine,
    col: annotationProperties.startColumn,
    endColumn: annotationProperties.endColumn
  };
}

// node_modules/@actions/core/lib/command.js
function issueCommand(command, properties, message) {
  const cmd = new Command(command, properties, message);
  process.stdout.write(cmd.toString() + os.EOL);
}
var CMD_STRING = "::";
var Command = class {
  constructor(command, properties, message) {
    if (!command) {
      command = "missing.command";
    }
    this.command = command;
    this.properties = properties;
    this.message = message;
  }
  toString() {
    let cmdStr = CMD_STRING + this.command;
    if (this.properties && Object.keys(this.properties).length > 0) {
      cmdStr += " ";
      let first = true;
      for (const key in this.properties) {
        if (this.properties.hasOwnProperty(key)) {
          const val = this.properties[key];
          if (val) {
            if (first) {
              first = false;
            } else {
              cmdStr += ",";
            }
            cmdStr += `${key}=${escapeProperty(val)}`;
          }
        }
      }
    }
    cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
    return cmdStr;
  }
};
function escapeData(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}

// node_modules/@actions/core/lib/file-command.js
var crypto = __toESM(require("crypto"), 1);
var fs = __toESM(require("fs"), 1);
var os2 = __toESM(require("os"), 1);
function issueFileCommand(command, message) {
  const filePath = process.env[`GITHUB_${command}`];
  if (!filePath) {
    throw new Error(`Unable to find environment variable for file command ${command}`);
  }
  if (!fs.existsSync(filePath)) {
    throw new Error(`Missing file at path: ${filePath}`);
  }
  fs.appendFileSync(filePath, `${toCommandValue(message)}${os2.EOL}`, {
    encoding: "utf8"
  });
}
function prepareKeyValueMessage(key, value) {
  const delimiter = `ghadelimiter_${crypto.randomUUID()}`;
  const convertedValue = toCommandValue(value);
  if (key.includes(delimiter)) {
    throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
  }
  if (convertedValue.includes(delimiter)) {
    throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
  }
  return `${key}<<${delimiter}${os2.EOL}${convertedValue}${os2.EOL}${delimiter}`;
}

// node_modules/@actions/core/lib/core.js
var os4 = __toESM(require("os"), 1);

// node_modules/@actions/http-client/lib/index.js
var tunnel = __toESM(require_tunnel2(), 1);
var import_undici3 = __toESM(require_undici(), 1);
var HttpCodes;
(function(HttpCodes2) {
  HttpCodes2[HttpCodes2["OK"] = 200] = "OK";
  HttpCodes2[HttpCodes2["MultipleChoices"] = 300] = "MultipleChoices";
  HttpCodes2[HttpCodes2["MovedPermanently"] = 301] = "MovedPermanently";
  HttpCodes2[HttpCodes2["ResourceMoved"] = 302] = "ResourceMoved";
  HttpCodes2[HttpCodes2["SeeOther"] = 303] = "SeeOther";
  HttpCodes2[HttpCodes2["NotModified"] = 304] = "NotModified";
  HttpCodes2[HttpCodes2["UseProxy"] = 305] = "UseProxy";
  HttpCodes2[HttpCodes2["SwitchProxy"] = 306] = "SwitchProxy";
  HttpCodes2[HttpCodes2["TemporaryRedirect"] = 307] = "TemporaryRedirect";
  HttpCodes2[HttpCodes2["PermanentRedirect"] = 308] = "PermanentRedirect";
  HttpCodes2[HttpCodes2["BadRequest"] = 400] = "BadRequest";
  HttpCodes2[HttpCodes2["Unauthorized"] = 401] = "Unauthorized";
  HttpCodes2[HttpCodes2["PaymentRequired"] = 402] = "PaymentRequired";
  HttpCodes2[HttpCodes2["Forbidden"] = 403] = "Forbidden";
  HttpCodes2[HttpCodes2["NotFound"] = 404] = "NotFound";
  HttpCodes2[HttpCodes2["MethodNotAllowed"] = 405] = "MethodNotAllowed";
  HttpCodes2[HttpCodes2["NotAcceptable"] = 406] = "NotAcceptable";
  HttpCodes2[HttpCodes2["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
  HttpCodes2[HttpCodes2["RequestTimeout"] = 408] = "RequestTimeout";
  HttpCodes2[HttpCodes2["Conflict"] = 409] = "Conflict";
  HttpCodes2[HttpCodes2["Gone"] = 410] = "Gone";
  HttpCodes2[HttpCodes2["TooManyRequests"] = 429] = "TooManyRequests";
  HttpCodes2[HttpCodes2["InternalServerError"] = 500] = "InternalServerError";
  HttpCodes2[HttpCodes2["NotImplemented"] = 501] = "NotImplemented";
  HttpCodes2[HttpCodes2["BadGateway"] = 502] = "BadGateway";
  HttpCodes2[HttpCodes2["ServiceUnavailable"] = 503] = "ServiceUnavailable";
  HttpCodes2[HttpCodes2["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function(Headers2) {
  Headers2["Accept"] = "accept";
  Headers2["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function(MediaTypes2) {
  MediaTypes2["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
var HttpRedirectCodes = [
  HttpCodes.MovedPermanently,
  HttpCodes.ResourceMoved,
  HttpCodes.SeeOther,
  HttpCodes.TemporaryRedirect,
  HttpCodes.PermanentRedirect
];
var HttpResponseRetryCodes = [
  HttpCodes.BadGateway,
  HttpCodes.ServiceUnavailable,
  HttpCodes.GatewayTimeout
];

// node_modules/@actions/core/lib/summary.js
var import_os = require("os");
var import_fs = require("fs");
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
    function fulfilled(value) {
      try {
        step2(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step2(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step2(result) {
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step2((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var { access, appendFile, writeFile } = import_fs.promises;
var SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
  constructor() {
    this._buffer = "";
  }
  /**
   * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
   * Also checks r/w permissions.
   *
   * @returns step summary file path
   */
  filePath() {
    return __awaiter(this, void 0, void 0, function* () {
      if (this._filePath) {
        return this._filePath;
      }
      const pathFromEnv = process.env[SUMMARY_ENV_VAR];
      if (!pathFromEnv) {
        throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
      }
      try {
        yield access(pathFromEnv, import_fs.constants.R_OK | import_fs.constants.W_OK);
      } catch (_a) {
        throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
      }
      this._filePath = pathFromEnv;
      return this._filePath;
    });
  }
  /**
   * Wraps content in an HTML tag, adding any HTML attributes
   *
   * @param {string} tag HTML tag to wrap
   * @param {string | null} content content within the tag
   * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
   *
   * @returns {string} content wrapped in HTML element
   */
  wrap(tag, content, attrs = {}) {
    const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
    if (!content) {
      return `<${tag}${htmlAttrs}>`;
    }
    return `<${tag}${htmlAttrs}>${content}</${tag}>`;
  }
  /**
   * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
   *
   * @param {SummaryWriteOptions} [options] (optional) options for write operation
   *
   * @returns {Promise<Summary>} summary instance
   */
  write(options) {
    return __awaiter(this, void 0, void 0, function* () {
      const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
      const filePath = yield this.filePath();
      const writeFunc = overwrite ? writeFile : appendFile;
      yield writeFunc(filePath, this._buffer, { encoding: "utf8" });
      return this.emptyBuffer();
    });
  }
  /**
   * Clears the summary buffer and wipes the summary file
   *
   * @returns {Summary} summary instance
   */
  clear() {
    return __awaiter(this, void 0, void 0, function* () {
      return this.emptyBuffer().write({ overwrite: true });
    });
  }
  /**
   * Returns the current summary buffer as a string
   *
   * @returns {string} string of summary buffer
   */
  stringify() {
    return this._buffer;
  }
  /**
   * If the summary buffer is empty
   *
   * @returns {boolen} true if the buffer is empty
   */
  isEmptyBuffer() {
    return this._buffer.length === 0;
  }
  /**
   * Resets the summary buffer without writing to summary file
   *
   * @returns {Summary} summary instance
   */
  emptyBuffer() {
    this._buffer = "";
    return this;
  }
  /**
   * Adds raw text to the summary buffer
   *
   * @param {string} text content to add
   * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
   *
   * @returns {Summary} summary instance
   */
  addRaw(text, addEOL = false) {
    this._buffer += text;
    return addEOL ? this.addEOL() : this;
  }
  /**
   * Adds the operating system-specific end-of-line marker to the buffer
   *
   * @returns {Summary} summary instance
   */
  addEOL() {
    return this.addRaw(import_os.EOL);
  }
  /**
   * Adds an HTML codeblock to the summary buffer
   *
   * @param {string} code content to render within fenced code block
   * @param {string} lang (optional) language to syntax highlight code
   *
   * @returns {Summary} summary instance
   */
  addCodeBlock(code, lang) {
    const attrs = Object.assign({}, lang && { lang });
    const element = this.wrap("pre", this.wrap("code", code), attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML list to the summary buffer
   *
   * @param {string[]} items list of items to render
   * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
   *
   * @returns {Summary} summary instance
   */
  addList(items, ordered = false) {
    const tag = ordered ? "ol" : "ul";
    const listItems = items.map((item) => this.wrap("li", item)).join("");
    const element = this.wrap(tag, listItems);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML table to the summary buffer
   *
   * @param {SummaryTableCell[]} rows table rows
   *
   * @returns {Summary} summary instance
   */
  addTable(rows2) {
    const tableBody = rows2.map((row2) => {
      const cells = row2.map((cell) => {
        if (typeof cell === "string") {
          return this.wrap("td", cell);
        }
        const { header, data, colspan, rowspan } = cell;
        const tag = header ? "th" : "td";
        const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
        return this.wrap(tag, data, attrs);
      }).join("");
      return this.wrap("tr", cells);
    }).join("");
    const element = this.wrap("table", tableBody);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds a collapsable HTML details element to the summary buffer
   *
   * @param {string} label text for the closed state
   * @param {string} content collapsable content
   *
   * @returns {Summary} summary instance
   */
  addDetails(label, content) {
    const element = this.wrap("details", this.wrap("summary", label) + content);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML image tag to the summary buffer
   *
   * @param {string} src path to the image you to embed
   * @param {string} alt text description of the image
   * @param {SummaryImageOptions} options (optional) addition image attributes
   *
   * @returns {Summary} summary instance
   */
  addImage(src, alt, options) {
    const { width, height } = options || {};
    const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
    const element = this.wrap("img", null, Object.assign({ src, alt }, attrs));
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML section heading element
   *
   * @param {string} text heading text
   * @param {number | string} [level=1] (optional) the heading level, default: 1
   *
   * @returns {Summary} summary instance
   */
  addHeading(text, level) {
    const tag = `h${level}`;
    const allowedTag = ["h1", "h2", "h3", "h4", "h5", "h6"].includes(tag) ? tag : "h1";
    const element = this.wrap(allowedTag, text);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML thematic break (<hr>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addSeparator() {
    const element = this.wrap("hr", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML line break (<br>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addBreak() {
    const element = this.wrap("br", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML blockquote to the summary buffer
   *
   * @param {string} text quote text
   * @param {string} cite (optional) citation url
   *
   * @returns {Summary} summary instance
   */
  addQuote(text, cite) {
    const attrs = Object.assign({}, cite && { cite });
    const element = this.wrap("blockquote", text, attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML anchor tag to the summary buffer
   *
   * @param {string} text link text/content
   * @param {string} href hyperlink
   *
   * @returns {Summary} summary instance
   */
  addLink(text, href) {
    const element = this.wrap("a", text, { href });
    return this.addRaw(element).addEOL();
  }
};
var _summary = new Summary();

// node_modules/@actions/core/lib/platform.js
var import_os2 = __toESM(require("os"), 1);

// node_modules/@actions/io/lib/io-util.js
var fs2 = __toESM(require("fs"), 1);
var { chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, symlink, unlink } = fs2.promises;
var IS_WINDOWS = process.platform === "win32";
var READONLY = fs2.constants.O_RDONLY;

// node_modules/@actions/exec/lib/toolrunner.js
var IS_WINDOWS2 = process.platform === "win32";

// node_modules/@actions/core/lib/platform.js
var platform = import_os2.default.platform();
var arch = import_os2.default.arch();

// node_modules/@actions/core/lib/core.js
var ExitCode;
(function(ExitCode2) {
  ExitCode2[ExitCode2["Success"] = 0] = "Success";
  ExitCode2[ExitCode2["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
function setSecret(secret) {
  issueCommand("add-mask", {}, secret);
}
function getInput(name, options) {
  const val = process.env[`INPUT_${name.replace(/ /g, "_").toUpperCase()}`] || "";
  if (options && options.required && !val) {
    throw new Error(`Input required and not supplied: ${name}`);
  }
  if (options && options.trimWhitespace === false) {
    return val;
  }
  return val.trim();
}
function setOutput(name, value) {
  const filePath = process.env["GITHUB_OUTPUT"] || "";
  if (filePath) {
    return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
  }
  process.stdout.write(os4.EOL);
  issueCommand("set-output", { name }, toCommandValue(value));
}
function setFailed(message) {
  process.exitCode = ExitCode.Failure;
  error(message);
}
function error(message, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function warning(message, properties = {}) {
  issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function notice(message, properties = {}) {
  issueCommand("notice", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function info(message) {
  process.stdout.write(message + os4.EOL);
}

// src/hosts/host.ts
init_clock();
init_errors();
init_table();
init_values();
init_secrets();
init_text();
function cannotWrite(what, where, error2) {
  return new Failure(
    `${what} cannot be written to ${where}: ${oneLine(messageOf(error2))}.`,
    "Everything else was done. Run the step as a user who can write the files of the runner: in a container job, as the user that the runner has."
  );
}
var INPUT_NAMES = new RegExp(
  `(?<![\\w./=-])(?:${INPUTS.map(({ name }) => name).filter((name) => name.includes("-")).join("|")})(?![\\w-])`,
  "gu"
);
function guarded(host) {
  const secrets = createSecrets();
  const registered = /* @__PURE__ */ new Set();
  let unwritten;
  const say = (text) => secrets.mask(text).replace(INPUT_NAMES, (name) => host.inputName(name));
  return {
    name: host.name,
    network: {
      ...host.network,
      proxyFor(url) {
        const proxy = host.network.proxyFor(url);
        for (const password of passwordsIn(proxy)) secrets.add(password);
        return proxy;
      }
    },
    context: () => host.context(),
    input: (name) => host.input(name),
    inputName: (name) => host.inputName(name),
    say,
    guard: (work) => withSecrets(secrets, work),
    secret(value) {
      for (const part of value.split(/\s+/u)) {
        if (!couldBeToken(part) || registered.has(part)) continue;
        registered.add(part);
        secrets.add(part);
        for (const form of new Set(encodings(part))) host.secret(form);
      }
    },
    output(name, value) {
      try {
        host.output(name, secrets.mask(value));
      } catch (error2) {
        unwritten ??= error2;
      }
    },
    unwritten: () => unwritten,
    info: (message) => host.info(inert(say(message))),
    notice: (message) => host.notice(inert(say(message))),
    warning: (message) => host.warning(inert(say(message))),
    error: (message) => host.error(inert(say(message))),
    fail: (message) => host.fail(inert(say(message))),
    summary(text) {
      try {
        host.summary(say(text));
      } catch (error2) {
        host.warning(inert(say(error2 instanceof Failure ? explain(error2) : messageOf(error2))));
      }
    }
  };
}
var STOPPING = ["SIGINT", "SIGTERM", "SIGBREAK"];
async function run2(raw, command, grace) {
  const host = guarded(raw);
  const cancelling = new AbortController();
  const cancel = (signal) => cancelling.abort(new Failure(`The run was cancelled (${signal}).`));
  for (const signal of STOPPING) process.on(signal, cancel);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {
  });
  try {
    await command(host, { clock: systemClock, cancelled: cancelling.signal, grace });
  } catch (error2) {
    host.fail(explain(error2));
  } finally {
    for (const signal of STOPPING) process.off(signal, cancel);
  }
  const unwritten = host.unwritten();
  if (unwritten) host.fail(explain(unwritten));
}
function passwordsIn(proxy) {
  const given = /^[^/]*\/\/([^:@]*):(.*)@/u.exec(proxy ?? "")?.slice(1);
  if (!given) return [];
  const decoded4 = given.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return [given, decoded4].flatMap(([user, password = ""]) => [`${user}:${password}`, password]);
}
function encodings(secret) {
  return [
    secret,
    Buffer.from(secret).toString("base64"),
    Buffer.from(`:${secret}`).toString("base64"),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1)
  ];
}

// src/hosts/proxy.ts
init_address();
function proxyFromEnvironment(environment, otherwise = () => void 0) {
  const read3 = (name) => environment[name.toLowerCase()] || environment[name] || void 0;
  const secure = read3("HTTPS_PROXY");
  const plain = read3("HTTP_PROXY");
  const exempt = (read3("NO_PROXY") ?? "").split(/[\s,]+/u).filter(Boolean);
  return (url) => {
    if (isLoopback(url.hostname) || exempt.some((entry) => matches(entry, url))) return void 0;
    const proxy = url.protocol === "https:" ? secure : plain;
    if (!proxy) return otherwise(url);
    return /^[a-z][a-z0-9+.-]*:\/\//iu.test(proxy) ? proxy : `http://${proxy}`;
  };
}
function matches(entry, url) {
  if (entry === "*") return true;
  const [, name = "", port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/u.exec(entry.toLowerCase()) ?? [];
  if (port && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  const hostname = url.hostname.toLowerCase();
  return name !== "" && (hostname === name || hostname.endsWith(`.${name}`));
}

// src/hosts/github.ts
function gitHubHost(environment) {
  return {
    name: "github",
    network: { proxyFor: proxyFromEnvironment(environment) },
    context: () => contextOf(environment),
    input: (name) => getInput(name),
    inputName: (name) => name,
    secret: setSecret,
    output(name, value) {
      try {
        setOutput(name, value);
      } catch (error2) {
        throw cannotWrite("The outputs", `the file of GITHUB_OUTPUT (${environment.GITHUB_OUTPUT})`, error2);
      }
    },
    info,
    notice,
    warning,
    error,
    fail: setFailed,
    summary(text) {
      const file = environment.GITHUB_STEP_SUMMARY;
      if (!file) return;
      try {
        (0, import_node_fs2.appendFileSync)(file, `${text}
`);
      } catch (error2) {
        throw cannotWrite("The job summary", `the file of GITHUB_STEP_SUMMARY (${file})`, error2);
      }
    }
  };
}
function contextOf(environment) {
  const event = eventOf(environment);
  const { repository, noRepository } = repositoryOf2(environment, event);
  const run3 = environment.GITHUB_RUN_ID;
  return {
    repository,
    noRepository,
    secretsWithheld: withheld(environment, event),
    tickets: repository && issuesOf(repository, environment),
    page: repository && run3 ? `${repository.host}/${repository.organization}/${repository.name}/actions/runs/${run3}` : void 0
  };
}
function issuesOf({ organization, name }, environment) {
  return {
    kind: "github-issues",
    api: (environment.GITHUB_API_URL || "https://api.github.com").replace(/\/+$/u, ""),
    owner: organization,
    repository: name,
    // In a file of its own (scripts/bundle.mjs), and loaded only to keep an issue: it is as large as all of ours.
    octokit: async () => (await import("./octokit.cjs")).getOctokit
  };
}
function repositoryOf2(environment, event) {
  const [organization, name] = environment.GITHUB_REPOSITORY?.split("/") ?? [];
  if (!organization || !name) return { noRepository: "is unknown: GITHUB_REPOSITORY is not set" };
  const host = (environment.GITHUB_SERVER_URL || "https://github.com").replace(/\/+$/u, "");
  const repository = { provider: "github", organization, name, host };
  if (environment.GITHUB_REPOSITORY_ID) repository.id = environment.GITHUB_REPOSITORY_ID;
  const branch = event.repository?.default_branch;
  if (branch) repository.defaultBranch = branch;
  return { repository };
}
var DEPENDABOT = "dependabot[bot]";
var EVENTS_OF_DEPENDABOT = /^(?:pull_request(?:_review(?:_comment)?)?|push|create|deployment(?:_status)?)$/u;
function withheld(environment, event) {
  const name = environment.GITHUB_EVENT_NAME ?? "";
  const { pull_request: pull, repository } = event;
  const fromBase = name === "pull_request_target";
  if (environment.GITHUB_ACTOR === DEPENDABOT && (EVENTS_OF_DEPENDABOT.test(name) || fromBase && pull?.user?.login === DEPENDABOT))
    return name.startsWith("pull_request") ? "a pull request of Dependabot" : `a run that Dependabot started (${name})`;
  const head = pull?.head?.repo;
  if (name.startsWith("pull_request") && !fromBase && head !== void 0) {
    if (head?.full_name !== environment.GITHUB_REPOSITORY) return "a pull request from a fork";
  }
  return repository?.fork === true ? "a run in a fork" : void 0;
}
function eventOf({ GITHUB_EVENT_PATH: path = "" }) {
  try {
    return JSON.parse((0, import_node_fs2.readFileSync)(path, "utf8")) ?? {};
  } catch {
    return {};
  }
}

// src/main/github.ts
void run2(gitHubHost(process.env), main);
