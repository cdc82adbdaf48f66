// @ts-check
/** The look of the element, which takes nothing from the page around but what it is given: `--sojourn-*`, and its font. */
export const LOOK = `
:host { display: block; color-scheme: light dark; font: inherit; --ink: var(--sojourn-ink, light-dark(#17212e, #e7edf4));
  --muted: var(--sojourn-muted, light-dark(#566272, #9dabbc)); --line: var(--sojourn-line, light-dark(#dbe1e8, #28333f));
  --surface: var(--sojourn-surface, light-dark(#ffffff, #161e27)); --accent: var(--sojourn-accent, light-dark(#0b6a71, #62cdd3));
  --good: light-dark(#1c7547, #74d49f); --warn: light-dark(#8a5800, #f0b85c); --bad: light-dark(#b3261e, #ff8f86); color: var(--ink); }
:host([hidden]) { display: none; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
li.program { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 10px 12px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--surface); overflow-wrap: anywhere; }
.name { font-weight: 600; }
.state { font-size: .85em; color: var(--muted); }
.state::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%; margin-right: .4em; background: currentColor; }
.state[data-state="running"] { color: var(--good); }
.state[data-state="partly"], .state[data-state="starting"], .state[data-state="stopping"] { color: var(--warn); }
.count, .description, .why { color: var(--muted); font-size: .88em; }
.description, .why { width: 100%; margin: 0; }
.why { color: var(--bad); }
.end { margin-left: auto; display: flex; gap: 6px; }
button { font: inherit; font-size: .9em; color: var(--ink); background: transparent; border: 1px solid var(--muted); border-radius: 6px;
  padding: 3px 12px; min-height: 30px; cursor: pointer; }
button.start { border-color: var(--accent); color: var(--accent); font-weight: 600; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button[aria-disabled="true"] { opacity: .45; cursor: not-allowed; }
p.note { margin: 0; color: var(--muted); }
p.problem { margin: 0 0 8px; color: var(--bad); }
`;
