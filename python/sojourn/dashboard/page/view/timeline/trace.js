/**
 * The address of a trace, of a template with `{trace}`; empty: there is none that a page may link to.
 *
 * @param {string} template
 * @param {string} trace 32 digits of hexadecimal.
 */
export function traceHref(template, trace) {
  if (!/^[0-9a-f]{32}$/.test(trace) || !/^https?:\/\//.test(template) || !template.includes("{trace}")) return "";
  return template.replaceAll("{trace}", trace);
}
