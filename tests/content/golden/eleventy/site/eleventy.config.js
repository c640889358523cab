export default (config) => ({ dir: { input: "content" } });
