// @ts-check
export default {
  "node.title": "node",
};
