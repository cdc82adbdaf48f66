// A step of the compiler: lines `// sojourn: key=value` of the file that is compiled become the custom section `sojourn`.

const ENTRY = 1; // of SourceKind: the file that is compiled

export default class Annotate {
  afterParse(parser) {
    const entries = parser.sources.filter((source) => source.sourceKind === ENTRY);
    const lines = entries.flatMap((source) => [...source.text.matchAll(/^\/\/ sojourn:\s*(\S.*)$/gm)]);
    this.text = lines.map((line) => line[1].trimEnd() + "\n").join("");
  }

  afterCompile(module) {
    if (this.text) module.addCustomSection("sojourn", new TextEncoder().encode(this.text));
  }
}
