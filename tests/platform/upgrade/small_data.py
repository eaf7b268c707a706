"""Run by an earlier release in its own tree: a little of everything that an upgrade must keep.

The pack's cast of people, the imported plan with its tasks and indicators, files, sealed and anchored audit rows.
"""

import time

import django

django.setup()

import yaml  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from jimin.core.access.scope import Actor  # noqa: E402
from jimin.core.audit import anchor, seal  # noqa: E402
from jimin.core.files import blobs  # noqa: E402
from jimin.core.files.models import StoredFile  # noqa: E402
from jimin.core.parties.cast import load_cast  # noqa: E402
from jimin.core.secrets import keys  # noqa: E402
from jimin.domains.planning.demo.cast import Cast  # noqa: E402
from jimin.domains.planning.demo.founding import Founding, found  # noqa: E402
from jimin.platform import packs  # noqa: E402
from jimin.platform.places import pack_folder  # noqa: E402

keys.ensure_keys()
pack = pack_folder()
setting = yaml.safe_load((pack / "demo" / "demo.yaml").read_text("utf-8"))
installer = Actor.of(packs.installer())
with transaction.atomic():
    cast = Cast(pack / "demo", setting["business_day"].replace(month=1, day=1), installer)
    cast.appoint()
    load_cast(pack / "demo" / setting["households"]["file"], cast.named(setting["households"]["by"]))
    document = pack / packs.settings()["plan"]
    found(Founding(pack, document, installer.unit.code, setting["plan_on"], setting["given_on"]), cast)
    content = "%PDF-1.4 升级之前".encode()
    StoredFile.objects.create(name="升级之前.pdf", kind="pdf", size=len(content), sha256=blobs.put(content))
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM audit_auditrow")
    total, done = cursor.fetchone()[0], 0
while done < total:  # another database's open transaction on the server holds the sealer back
    done += seal.seal()
    time.sleep(0.1)
anchor.anchor()
