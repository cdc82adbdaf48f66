// @ts-check
export default {
  "first.atom": "Mehr darüber",
  "first.cause": "auf der ersten Seite gewünscht",
  "first.count.see":
    "Es schreibt jede Sekunde eine Zahl. Wird es auf einen anderen Knoten verlegt, geht es mit der nächsten Zahl weiter, als wäre nichts gewesen.",
  "first.count.title": "Ein Zähler zum Umziehen",
  "first.count.what":
    "Ein Programm zählt in einer gewöhnlichen Variablen. Es weiß nichts von Umzügen und speichert nirgends etwas.",
  "first.failed": "{part} ist nicht gestartet: {reason}",
  "first.lead": {
    one: "Dieser Verbund hat {count} Knoten, auf dem noch nichts läuft.",
    other: "Dieser Verbund hat {count} Knoten, auf denen noch nichts läuft.",
  },
  "first.lead.running": {
    one: "In diesem Verbund läuft {count} Atom.",
    other: "In diesem Verbund laufen {count} Atome.",
  },
  "first.lead.three":
    "Hier sind drei Programme zum Ausprobieren. Jedes ist ein kleines WebAssembly-Modul, das mit dieser Seite kommt und sofort startet.",
  "first.map": "Auf der Karte ansehen",
  "first.missing": "Die Datei {file} fehlt neben dieser Seite.",
  "first.move": "Nach {node} verlegen",
  "first.move.none": "Verlegen",
  "first.moved": "Es ist jetzt auf {node} und stand {down} still.",
  "first.no-node":
    "Zurzeit nimmt kein Knoten Atome an. `sojourn up` startet einen Verbund mit drei Knoten, `sojourn node` einen weiteren.",
  "first.nowhere": "Aus: Es gibt keinen anderen Knoten, der Atome annimmt.",
  "first.on": "auf {node}",
  "first.over": "Aus: Es läuft nicht mehr.",
  "first.own": "Ein eigenes Modul?",
  "first.own.start": "Auf die Seite ziehen und starten.",
  "first.runs": "Das Programm {name} läuft.",
  "first.says": "Was {atom} sagt",
  "first.see": "Was zu sehen sein wird:",
  "first.silent": "Es hat noch nichts gesagt …",
  "first.start": "Starten",
  "first.starting": "Startet …",
  "first.stop": "Anhalten",
  "first.talk.see":
    "Die beiden antworten einander jede Sekunde, und ab und zu springt einer auf einen anderen Knoten. Keine Nachricht geht verloren, keine kommt doppelt.",
  "first.talk.title": "Zwei, die reden und springen",
  "first.talk.what":
    "Ada fragt, Bob antwortet. Keiner bleibt gern, wo er ist, und so verlegt der Verbund sie, während sie reden.",
  "first.title": "Willkommen im Kontinuum",
  "first.work.see":
    "Ein Arbeiter auf jedem Knoten nimmt Aufgaben aus einem Sack. Der Sack kann umziehen, ein Knoten geräumt werden: Die Arbeit geht weiter, und jede Aufgabe wird einmal getan.",
  "first.work.title": "Ein Sack Arbeit auf allen Knoten",
  "first.work.what": "Ein Sack gibt Tausende kleiner Aufgaben aus, und Arbeiter suchen Primzahlen, bis er leer ist.",
};
