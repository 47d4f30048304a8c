"""Takes mail on a loopback port and writes each as a line of JSON. Arguments: options as JSON."""
import base64
import json
import signal
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

options = json.loads(sys.argv[1])


def authenticate(_server, _session, _envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and [
        data.login.decode(),
        data.password.decode(),
    ] == [options["user"], options["password"]]
    return AuthResult(success=right, handled=False, auth_data=data)


class Handler:
    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("refused@"):
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": base64.b64encode(envelope.content).decode(),
            "isTls": session.ssl is not None,
            "login": session.auth_data.login.decode() if session.auth_data else None,
        }
        print(json.dumps(mail), flush=True)
        return "250 OK"


context = None
if "cert" in options:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options["cert"], options["key"])


class MailServer(Controller):
    def factory(self):
        return SMTP(
            self.handler,
            authenticator=authenticate,
            auth_required="user" in options,
            auth_require_tls=False,
            tls_context=context,
            enable_SMTPUTF8=True,
        )


server = MailServer(Handler(), hostname="127.0.0.1", port=options["port"])
server.start()
print("ready", flush=True)
signal.sigwait([signal.SIGTERM, signal.SIGINT])
server.stop()
