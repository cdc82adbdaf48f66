/**
 * What a scene is played with: pages of the dashboard, the realm behind it, and what must not happen meanwhile.
 */
import assert from "node:assert/strict";
import { join } from "node:path";

/** A step that takes longer has failed. */
export const PATIENCE_MS = Number(process.env.SOJOURN_PATIENCE_MS ?? 60_000);

/**
 * @typedef {import("playwright-core").Browser} Browser
 * @typedef {import("playwright-core").Page} Page
 * @typedef {import("playwright-core").Locator} Locator
 *
 * @typedef {object} Realm
 * @property {string} url Where the page is, without a slash at its end.
 * @property {string} host Another site whose pages may ask; nothing is served there.
 * @property {Record<string, string>} tokens By scope; none: the controller is open.
 * @property {Record<string, string>} modules Hashes of modules that the controller has, by name.
 * @property {Record<string, string>} files Modules in the file system, by name.
 *
 * @typedef {object} View
 * @property {string} [scope] Of the token that the page is opened with; "": with none.
 * @property {"light" | "dark"} [scheme]
 * @property {number} [width]
 * @property {number} [height]
 * @property {string} [language]
 * @property {string} [host] Another origin that is allowed: of the page that embeds a component.
 */

export class Scene {
  /**
   * @param {Browser} browser
   * @param {{realm: Realm, folder: string, name: string}} asked
   * @param {(what: string, given: unknown) => Promise<any>} ask Lets the test do something.
   */
  constructor(browser, asked, ask) {
    this.browser = browser;
    this.realm = asked.realm;
    this.folder = asked.folder;
    this.name = asked.name;
    this.ask = ask;
    /** @type {Page[]} */
    this.pages = [];
    /** @type {string[]} Atoms that this scene has started. */
    this.atoms = [];
    /** @type {string[]} What pages complained of. */
    this.complaints = [];
    /** @type {RegExp[]} What they may complain of. */
    this.allowed = [];
  }

  /**
   * Opens the dashboard in a browser of its own.
   * @param {string} [hash] Which view.
   * @param {View} [view]
   * @returns {Promise<Page>}
   */
  async open(hash = "#/map", { scope = "admin", ...view } = {}) {
    const page = await this.blank(view);
    const token = this.realm.tokens[scope];
    // The token is taken out of the address before the view is looked for.
    if (token) {
      await page.goto(`${this.realm.url}/#token=${token}`);
      await page.waitForFunction(() => !location.hash.includes("token"));
      await page.evaluate((to) => {
        location.hash = to;
      }, hash);
    } else await page.goto(`${this.realm.url}/${hash}`);
    return page;
  }

  /**
   * An empty page in a browser of its own, which is watched.
   * @param {View} [view]
   */
  async blank({ scheme = "light", width = 1280, height = 800, language = "en", host = "" } = {}) {
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      locale: language,
      timezoneId: "UTC",
      reducedMotion: "reduce",
      permissions: [],
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    this.pages.push(page);
    await this.#watch(page, [new URL(this.realm.url).host, ...(host ? [host] : [])]);
    return page;
  }

  /**
   * @param {Page} page
   * @param {string[]} hosts
   */
  async #watch(page, hosts) {
    const complain = (/** @type {string} */ text) => this.complaints.push(text);
    page.on("pageerror", (error) => complain(`error: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()))
        complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.protocol !== "blob:" && !hosts.includes(url.host))
        complain(`request to another host: ${request.url()}`);
    });
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(
          `policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
        );
      });
      addEventListener("unhandledrejection", (event) => {
        console.error(`nobody took: ${event.reason?.stack ?? event.reason}`);
      });
    });
  }

  /** @param {...RegExp} complaints What pages may complain of from now on, and before. */
  allow(...complaints) {
    this.allowed.push(...complaints);
  }

  /** Fails if a page complained of anything. */
  async quiet() {
    const loud = this.complaints.filter((text) => !this.allowed.some((pattern) => pattern.test(text)));
    assert.deepEqual(loud, []);
  }

  /** What pages said, for whoever looks for the fault. */
  said() {
    return this.complaints.slice(0, 20);
  }

  /** Pictures of all pages, where they are. */
  async pictures() {
    const made = [];
    for (const [number, page] of this.pages.entries()) {
      const path = join(this.folder, `${this.name}-${number}.png`);
      try {
        await page.screenshot({ path, timeout: 10_000 });
        made.push(path);
      } catch {
        // It may be what failed.
      }
    }
    return made;
  }

  /** Closes all pages, and stops what was started. */
  async end() {
    for (const page of this.pages) await page.context().close();
    // Whatever has ended meanwhile cannot be stopped.
    await Promise.allSettled(this.atoms.map((name) => this.rest("POST", `/atoms/${name}/stop`, { discard: true })));
  }

  /**
   * Waits until a page hears of the realm.
   * @param {Page} page
   */
  async live(page) {
    await page
      .getByRole("group", { name: /^(Controller|Steuerung)$/ })
      .getByText(/^live/)
      .waitFor();
  }

  /**
   * Goes to a view, and waits until it is drawn.
   * @param {Page} page
   * @param {string} hash
   */
  async go(page, hash) {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await this.drawn(page);
  }

  /**
   * Waits until a view has its heading, and nothing is on its way.
   * @param {Page} page
   */
  async drawn(page) {
    await page.locator("main h1").first().waitFor();
    await page.waitForFunction(() => document.querySelector("main [aria-busy=true], main .loading") === null);
  }

  /**
   * Moves an atom, and waits until it is there.
   * @param {string} atom
   * @param {string} target
   * @param {string} [cause]
   */
  async move(atom, target, cause) {
    const { number } = await this.rest("POST", `/atoms/${atom}/moves`, { target, ...(cause ? { cause } : {}) });
    return this.until(
      () => this.rest("GET", `/moves/${number}`),
      (move) => ["done", "failed", "refused"].includes(move.state),
      `move ${number} of ${atom}`,
    );
  }

  /**
   * Does in a dialog what a button opens it for: what follows is told before, the answer after, and the focus goes back.
   * @param {Page} page
   * @param {Locator} button
   * @param {{fill?: (dialog: Locator) => Promise<void>, confirm?: string | RegExp, consequences?: RegExp}} [how]
   * @returns {Promise<string>} The answer as it is shown.
   */
  async act(page, button, { fill, confirm, consequences } = {}) {
    await button.click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    if (consequences) await dialog.getByText(consequences).first().waitFor();
    await fill?.(dialog);
    const go = confirm ? dialog.getByRole("button", { name: confirm }) : dialog.locator("button[type=submit]");
    await go.click();
    const answer = dialog.locator(".dialog-answer");
    await answer.waitFor();
    const said = await answer.innerText();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
    return said;
  }

  /**
   * What the page itself holds: its `app`.
   * @template T
   * @param {Page} page
   * @param {(app: any) => T | Promise<T>} ask Runs in the page.
   * @returns {Promise<T>}
   */
  async app(page, ask) {
    return page.evaluate(`import(new URL("main.js", document.baseURI)).then(({ app }) => (${ask})(app))`);
  }

  /**
   * Asks the controller, as its administrator.
   * @param {string} method
   * @param {string} path From `/v1` on.
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async rest(method, path, body) {
    const token = this.realm.tokens.admin;
    const answer = await fetch(`${this.realm.url}/v1${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /**
   * Starts an atom, and waits until the controller knows where it is.
   * @param {string} name
   * @param {Record<string, unknown>} body As of `POST /v1/atoms`, with the name of a module of the realm.
   * @returns {Promise<any>} Its record.
   */
  async start(name, { module, ...body }) {
    const digest = this.realm.modules[String(module)];
    const started = await this.rest("POST", "/atoms", { name, module: digest, ...body });
    this.atoms.push(started.atom);
    return this.until(
      () => this.rest("GET", `/atoms/${started.atom}`),
      (atom) => Boolean(atom.node),
      `${name} runs`,
    );
  }

  /**
   * Asks until the answer is right.
   * @template T
   * @param {() => Promise<T>} ask
   * @param {(answer: T) => boolean} holds
   * @param {string} what
   * @returns {Promise<T>}
   */
  async until(ask, holds, what) {
    const deadline = Date.now() + PATIENCE_MS;
    while (true) {
      const answer = await ask();
      if (holds(answer)) return answer;
      if (Date.now() > deadline) throw new Error(`${what}: still ${JSON.stringify(answer)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
