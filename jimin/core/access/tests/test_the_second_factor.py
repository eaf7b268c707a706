"""动态口令: each code once, a little drift, a rest after wrong ones, recovery codes, and the secret never in clear."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from jimin.core import clock
from jimin.core.access import factor, factor_actions, limits, once
from jimin.core.access.models import RecoveryCode, SecondFactor, SignIn
from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, Refused
from jimin.core.actions.models import ActionKey
from jimin.core.audit.models import AuditRow
from jimin.core.secrets import holders, keys

STEP = timedelta(seconds=30)
PASSWORD = "wang-gui-lan-77"


@pytest.fixture
def clerk(people):
    actor = people.actor("liu.min", "990122", Role.COUNTY_CLERK)
    actor.account.set_password(PASSWORD)
    actor.account.save()
    return actor


@pytest.fixture
def bound(clerk):
    """The clerk's factor in force, and a moment some steps after the code that confirmed it."""
    factor_actions.BeginFactor.perform(clerk)
    begun = SecondFactor.objects.get(account=clerk.account)
    factor_actions.ConfirmFactor.perform(clerk, {"code": factor.code_at(begun, clock.now())})
    begun.refresh_from_db()
    return begun, clock.now() + 10 * STEP


def test_a_code_signs_in_once_and_never_again(clerk, bound):
    held, now = bound
    code = factor.code_at(held, now)
    assert factor.check(clerk.account, code, now) == factor.Taken()
    with pytest.raises(factor.Wrong, match="已经用过"):
        factor.check(clerk.account, code, now)


def test_a_code_that_was_typed_late_still_counts_but_none_before_it(clerk, bound):
    held, now = bound
    earlier, later = factor.code_at(held, now - STEP), factor.code_at(held, now)
    factor.check(clerk.account, later, now)
    with pytest.raises(factor.Wrong, match="已经用过"):
        factor.check(clerk.account, earlier, now)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_phone_may_be_a_step_off(clerk, bound, steps):
    held, now = bound
    factor.check(clerk.account, factor.code_at(held, now + steps * STEP), now)


@pytest.mark.parametrize("steps", [-40, -2, 2, 40])
def test_a_phone_that_is_further_off_is_told_to_set_its_clock(clerk, bound, steps):
    held, now = bound
    with pytest.raises(factor.Wrong, match="手机时间设成自动"):
        factor.check(clerk.account, factor.code_at(held, now + steps * STEP), now)


def test_a_server_clock_that_jumps_ahead_takes_the_codes_of_its_own_time(clerk, bound):
    held, now = bound
    factor.check(clerk.account, factor.code_at(held, now), now)
    later = now + timedelta(days=1)
    factor.check(clerk.account, factor.code_at(held, later), later)


def test_a_server_clock_that_is_set_back_takes_no_code_twice_and_a_recovery_code_still_helps(clerk, bound):
    held, now = bound
    ahead = now + timedelta(hours=1)
    factor.check(clerk.account, factor.code_at(held, ahead), ahead)
    with pytest.raises(factor.Wrong, match="已经用过"):
        factor.check(clerk.account, factor.code_at(held, now), now)
    with pytest.raises(factor.Wrong, match="已经用过"):
        factor.check(clerk.account, factor.code_at(held, ahead), ahead)
    code = factor.new_codes(held)[0]
    assert factor.check(clerk.account, code, now).recovery


def test_wrong_codes_make_it_rest_and_a_right_one_is_refused_meanwhile(clerk, bound):
    held, now = bound
    locks = [factor.failed(clerk.account, now) for _n in range(limits.count("code_tries"))]
    assert locks == [False] * (limits.count("code_tries") - 1) + [True]
    with pytest.raises(factor.Wrong, match="15 分钟"):
        factor.check(clerk.account, factor.code_at(held, now), now)
    after = now + timedelta(minutes=16)
    factor.check(clerk.account, factor.code_at(held, after), after)


def test_a_right_code_begins_the_count_anew(clerk, bound):
    held, now = bound
    factor.failed(clerk.account, now)
    factor.check(clerk.account, factor.code_at(held, now), now)
    held.refresh_from_db()
    assert held.failures == 0


def test_a_recovery_code_works_once_however_it_is_typed(clerk, bound):
    held, now = bound
    first, second = factor.new_codes(held)[:2]
    assert factor.check(clerk.account, first.lower().replace("-", " "), now).left == limits.count("recovery_codes") - 1
    with pytest.raises(factor.Wrong, match="恢复码已经用过"):
        factor.check(clerk.account, first, now)
    assert factor.check(clerk.account, second, now).recovery


def test_fresh_recovery_codes_make_the_old_ones_worthless(clerk, bound):
    held, now = bound
    old = factor.new_codes(held)[0]
    factor.new_codes(held)
    with pytest.raises(factor.Wrong):
        factor.check(clerk.account, old, now)


def test_neither_secret_nor_codes_stand_in_the_database_the_audit_or_the_kept_results(clerk):
    factor_actions.BeginFactor.perform(clerk, key="a")
    begun = SecondFactor.objects.get()
    secret, code = factor.secret(begun), factor.code_at(begun, clock.now())
    factor_actions.ConfirmFactor.perform(clerk, {"code": code}, key="b")
    codes = once.take()
    assert len(codes) == limits.count("recovery_codes") and once.take() == ()
    assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", c) for c in codes)
    stored = b" ".join(
        bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode()
        for model in (SecondFactor, RecoveryCode, AuditRow, ActionKey)
        for row in model.objects.values()
        for v in row.values()
    )
    assert len(stored) > 500
    for clear in (secret, *codes, *(c.replace("-", "") for c in codes)):
        assert clear.encode() not in stored


def test_a_sealed_secret_moved_to_another_account_does_not_open(clerk, people):
    factor_actions.BeginFactor.perform(clerk)
    other = people.actor("zhao.lei", "990183", Role.COUNTY_CLERK)
    factor_actions.BeginFactor.perform(other)
    mine, theirs = SecondFactor.objects.get(account=clerk.account), SecondFactor.objects.get(account=other.account)
    theirs.secret_sealed = mine.secret_sealed
    with pytest.raises(factor.cipher.Unreadable):
        factor.secret(theirs)


def test_a_secret_moves_with_a_change_of_keys_and_makes_the_same_codes(clerk, bound, settings, tmp_path):
    held, now = bound
    ring = tmp_path / "ring.json"
    ring.write_bytes(Path(settings.JIMIN_KEYS).read_bytes())
    ring.chmod(0o600)
    settings.JIMIN_KEYS = str(ring)  # not that of the other tests of this process
    code, number = factor.code_at(held, now), keys.add_key()
    assert holders.holder("access_secondfactor").reseal("", 10).done == 1
    keys.drop_key(number - 1)
    held.refresh_from_db()
    assert factor.cipher.key_id(bytes(held.secret_sealed)) == number
    assert factor.code_at(held, now) == code


def test_it_counts_only_once_a_code_was_given(clerk):
    factor_actions.BeginFactor.perform(clerk)
    assert factor.active(clerk.account) is None
    with pytest.raises(Refused, match="动态口令不对"):
        factor_actions.ConfirmFactor.perform(clerk, {"code": "000000"})
    assert factor.active(clerk.account) is None


def test_beginning_again_makes_another_secret_until_it_is_bound(clerk):
    factor_actions.BeginFactor.perform(clerk)
    first = factor.secret(SecondFactor.objects.get())
    factor_actions.BeginFactor.perform(clerk)
    begun = SecondFactor.objects.get()
    assert factor.secret(begun) != first
    factor_actions.ConfirmFactor.perform(clerk, {"code": factor.code_at(begun, clock.now())})
    with pytest.raises(Refused, match="已经?绑定"):
        factor_actions.BeginFactor.perform(clerk)


def test_the_holder_gives_it_up_with_password_and_code(clerk, bound):
    held, _now = bound
    code = factor.new_codes(held)[0]
    with pytest.raises(Refused, match="密码不对"):
        factor_actions.RemoveFactor.perform(clerk, {"password": "wrong", "code": code})
    with pytest.raises(Refused):
        factor_actions.RemoveFactor.perform(clerk, {"password": PASSWORD, "code": "000000"})
    factor_actions.RemoveFactor.perform(clerk, {"password": PASSWORD, "code": code})
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert AuditRow.objects.filter(action="access.factor.remove").count() == 1


def test_wrong_codes_of_a_refused_action_are_counted_although_it_changed_nothing(clerk, bound):
    for _n in range(limits.count("code_tries")):
        with pytest.raises(Refused):
            factor_actions.RemoveFactor.perform(clerk, {"password": PASSWORD, "code": "000000"})
    assert SecondFactor.objects.get().locked_until is not None
    assert AuditRow.objects.filter(action="access.code_locked").count() == 1


def test_an_operator_takes_a_lost_one_away_with_a_reason_and_the_sign_ins_end(clerk, bound, people):
    operator = people.actor("feng.tao", "t.office", Role.OPERATOR)
    SignIn.objects.create(account=clerk.account, session_key="k", started_at=clock.now(), seen_at=clock.now())
    data = {"account": clerk.account.pk, "reason": "手机丢失，已当面核对"}
    with pytest.raises(Forbidden):
        factor_actions.ResetFactor.perform(clerk, data)
    with pytest.raises(Refused):
        factor_actions.ResetFactor.perform(operator, {**data, "reason": "x"})
    factor_actions.ResetFactor.perform(operator, data)
    assert factor.active(clerk.account) is None
    assert SignIn.objects.get().end == SignIn.End.OPERATOR
    assert "手机丢失" in AuditRow.objects.get(action="access.factor.reset").body


def test_an_operator_cannot_take_away_their_own(people):
    operator = people.actor("feng.tao", "t.office", Role.OPERATOR)
    factor_actions.BeginFactor.perform(operator)
    with pytest.raises(Refused, match="不能重设自己的"):
        factor_actions.ResetFactor.perform(operator, {"account": operator.account.pk, "reason": "不想用了"})


def test_the_posts_that_must_have_it_come_from_the_dated_file_and_nobody_must_in_the_demo(settings):
    assert factor.required({Role.OPERATOR}) and factor.required({Role.COUNTY_CLERK, Role.COUNTY_DEPUTY})
    assert not factor.required({Role.COUNTY_CLERK})
    assert limits.required_for(clock.now().date().replace(year=2020)) == frozenset()
    assert limits.required_for(clock.now().date()) <= set(Role.values)
    settings.JIMIN_DEMO = True
    assert not factor.required({Role.OPERATOR})


def test_the_code_is_that_of_the_standard():
    """RFC 6238, appendix B, cut to six digits."""
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    totp = TOTP(b"12345678901234567890", factor.DIGITS, SHA1(), limits.seconds("code_step"))
    assert [totp.generate(t).decode() for t in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]
