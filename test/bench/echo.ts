/** The yardstick: a bare node:http server that answers every request with the text of its second argument. */
import { createServer } from "node:http";

const [port = "0", text = ""] = process.argv.slice(2);
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
  response.end(text);
});
server.listen({ port: Number(port), host: "127.0.0.1" }, () => console.log("listening"));
