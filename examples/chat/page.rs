//! The page that the room gives to browsers; it needs nothing from elsewhere.

/// The page.
pub const PAGE: &str = r##"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A room that moves</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
  #lines { list-style: none; padding: 0; min-height: 12rem; }
  #lines b { margin-right: .5rem; }
  #where { color: #666; }
  form { display: flex; gap: .5rem; }
  input { font: inherit; padding: .3rem .5rem; }
  #text { flex: 1; }
</style>
<h1>A room that moves</h1>
<p id="where" role="status">connecting</p>
<ul id="lines" aria-live="polite"></ul>
<form id="form">
  <label>you <input id="name" size="8" value="guest" required maxlength="32"></label>
  <label for="text" hidden>message</label>
  <input id="text" placeholder="say something" required maxlength="1000" autocomplete="off">
  <button>say</button>
</form>
<script>
  const at = id => document.getElementById(id);
  let socket, last = 0;
  const show = line => {
    if (line.number <= last) return;
    last = line.number;
    const item = document.createElement("li"), who = document.createElement("b");
    who.textContent = line.from;
    item.append(who, line.text);
    at("lines").append(item);
    at("where").textContent = `the room is at ${line.node} and has moved ${line.moves} times`;
  };
  const enter = () => {
    const place = new URL("socket", location.href.replace(/^http/, "ws"));
    place.searchParams.set("name", at("name").value);
    socket = new WebSocket(place);
    socket.onmessage = event => show(JSON.parse(event.data));
    socket.onclose = () => { at("where").textContent = "connecting"; setTimeout(enter, 1000); };
    socket.onopen = async () => {
      at("where").textContent = "the room hears you";
      for (const line of await (await fetch("history")).json()) show(line);
    };
  };
  at("name").onchange = () => socket.close();
  at("form").onsubmit = event => {
    event.preventDefault();
    socket.send(at("text").value);
    at("text").value = "";
  };
  enter();
</script>
</html>
"##;
