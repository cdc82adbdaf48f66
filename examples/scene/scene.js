/** Binds the scene to the realm, and writes down what becomes of its programs. */
import { connect } from "http://127.0.0.1:7480/component/scene.js";

// A token of the scope `atoms` where the controller asks for one; the element above the list takes the same.
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

const list = document.querySelector("sojourn-programs");
list.token = token;
connect({ token });

const told = document.getElementById("told");
for (const what of ["started", "stopped", "failed"])
  list.addEventListener(`sojourn-${what}`, ({ detail }) => {
    const line = document.createElement("li");
    line.textContent = `${detail.name} ${what}${detail.problem ? `: ${detail.problem.detail}` : ""}`;
    told.append(line);
  });
