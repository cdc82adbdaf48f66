// @ts-check
/** What views ask instead of the controller while a recording is shown. Simulations are asked of the controller all the same. */
import { Problem, Rest } from "../../core/rest.js";
import { Session } from "../../core/session.js";
import { t } from "../../text/text.js";
import { answerOf } from "./answers.js";

const SIMULATIONS = "/v1/simulations";

export class RecordedRest extends Rest {
  /**
   * @param {import("./recording.js").Recording} recording
   * @param {import("../../core/picture.js").Picture} picture
   * @param {Rest} live
   */
  constructor(recording, picture, live) {
    super({ token: () => "" });
    this.live = live;
    this._recording = recording;
    this._picture = picture;
  }

  /**
   * @override
   * @param {string} path
   * @param {import("../../core/rest.js").Options} [options]
   */
  async get(path, options) {
    if (path.startsWith(SIMULATIONS)) return this.live.get(path, options);
    const told = answerOf(this._recording, this._picture, path, options?.query);
    if (told === undefined) throw silent();
    return told;
  }

  /** @override @param {string} path @param {any} body @param {any} options */
  async lines(path, body, options) {
    return this.live.lines(path, body, options);
  }

  /** @override @param {string} _path @param {import("../../core/rest.js").StreamOptions} options */
  stream(_path, { onState = () => {} }) {
    onState("closed", silent());
    return { close: () => {} };
  }

  /** @override @returns {Promise<Response>} */
  async _ask() {
    throw silent();
  }
}

/** That a recording does not say something, or that nothing can be done in it. */
function silent() {
  return new Problem({ name: "Recording", detail: t("simulation.not-recorded"), definite: true });
}

/** Whoever looks at a recording may read, and no more. */
export function reader() {
  const session = new Session();
  session.scopes = ["read"];
  session.open = true;
  session.known = true;
  return session;
}
