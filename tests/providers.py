"""Two OpenID providers from PyPI, each as its makers serve it, for all tests of a run: Canaille, by
Hypercorn with its people in memory, and oidc-provider-mock. Clients register themselves. Speaks
JSON lines as lines.mjs does, and ends when its standard input does."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
import sys
import threading
import traceback

PEOPLE = {
    "ada": {"name": "Ada Lovelace", "email": "ada@example.com", "website": "https://ada.example",
            "groups": ["staff", "comms"]},
    "bob": {"name": "Bob Babbage", "email": "bob@example.com", "groups": ["staff"]},
    "eve": {"name": "Eve Outside", "email": "eve@example.net", "groups": ["guests"]},
}

# Holds what would stop when it is let go.
running = contextlib.ExitStack()


def canaille():
    import hypercorn.asyncio
    import hypercorn.config
    from asgiref.wsgi import WsgiToAsgi
    from canaille.app import models
    from canaille.hypercorn.app import create_app

    listener = socket.create_server(("127.0.0.1", 0))
    authority = f"localhost:{listener.getsockname()[1]}"
    app = create_app(env_file=None, wrap_asgi=False, config={
        "SECRET_KEY": secrets.token_hex(32),
        "SERVER_NAME": authority,
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "SMTP": None, "LOGGING": {"version": 1}},
        # A client says where it lives, and the company's own are trusted: nobody is asked for consent.
        "CANAILLE_OIDC": {"DYNAMIC_CLIENT_REGISTRATION_OPEN": True, "TRUSTED_DOMAINS": ["127.0.0.1"]},
    })
    with app.app_context(), app.backend.session():
        users = {}
        for login, person in PEOPLE.items():
            users[login] = models.User(
                user_name=login, password=f"password of {login}", formatted_name=person["name"],
                family_name=person["name"].split()[-1], emails=[person["email"]],
                profile_url=person.get("website"))
            app.backend.save(users[login])
        for group in sorted({group for person in PEOPLE.values() for group in person["groups"]}):
            members = [users[login] for login, person in PEOPLE.items() if group in person["groups"]]
            app.backend.save(models.Group(display_name=group, members=members))

    config = hypercorn.config.Config()
    config.bind = [f"fd://{listener.detach()}"]
    serving = hypercorn.asyncio.serve(WsgiToAsgi(app), config, shutdown_trigger=asyncio.Event().wait)
    threading.Thread(target=asyncio.run, args=[serving], daemon=True).start()
    return f"http://{authority}"


def oidc_provider_mock():
    from oidc_provider_mock import User, run_server_in_thread

    people = [User(sub=login, claims={**person, "email_verified": True}) for login, person in PEOPLE.items()]
    server = running.enter_context(run_server_in_thread(require_client_registration=True, user_claims=people))
    return f"http://localhost:{server.server_port}"


def main():
    # Both libraries refuse plain HTTP otherwise, on loopback too.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    logging.disable()
    # What the libraries print must not come between the lines.
    lines, sys.stdout = sys.stdout, sys.stderr
    products = {"canaille": canaille, "oidc-provider-mock": oidc_provider_mock}
    issuers = {}
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"id": asked["id"]}
        try:
            product = asked["product"]
            if product not in issuers:
                issuers[product] = products[product]()
            answer["ok"] = issuers[product]
        except Exception:
            answer["error"] = traceback.format_exc()
        print(json.dumps(answer), file=lines, flush=True)
    os._exit(0)


main()
