"""A disk that is full, refuses to write or can only be read takes nothing, and the same act succeeds later."""

from __future__ import annotations

from pathlib import Path

from tests.faults import elsewhere, linux, on_a_disk_of_its_own, posix, succeeds


@posix
def test_a_write_error_takes_nothing_and_the_same_act_succeeds_later(tmp_path: Path) -> None:
    """The operating system refuses to let a file grow: the journal at its first bytes, the database at its end."""
    succeeds(
        elsewhere(
            """
            import resource
            case = filled(folder / "tarifwechsel.db")
            size = case.path.stat().st_size

            def install_many():
                install(case.store, "C250", 250, 250, number="K-2")

            for most in (0, 1, 600, 8192, size // 2, size - 4096, size):
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
                refused(StorageFault.WRITE_FAILED, case.path, install_many)
                if most < 1000:
                    refused(StorageFault.WRITE_FAILED, case.path, case.place)
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                assert case.store.find_customer("K-2") is None
                case.orders(1)
            case.again()
            install_many()
            case.orders(2)
            """,
            tmp_path,
        )
    )


@posix
def test_a_write_error_leaves_no_half_of_a_new_database(tmp_path: Path) -> None:
    succeeds(
        elsewhere(
            """
            import resource
            path = folder / "tarifwechsel.db"
            for most in (0, 1000, 50_000):
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
                refused(StorageFault.WRITE_FAILED, path, lambda: open_store(path))
                assert list(folder.iterdir()) == []
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            case = filled(path)
            case.again()
            """,
            tmp_path,
        )
    )


@linux
def test_a_full_disk_takes_nothing_and_the_same_order_succeeds_later(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        case = filled(folder / "tarifwechsel.db")
        case.orders(1)
        for rest in (0, 4096, 3 * 4096):
            fill(rest)
            refused(StorageFault.FULL, case.path, lambda: install(case.store, "C250", 250, 250, number="K-2"))
            if not rest:
                refused(StorageFault.FULL, case.path, case.place)
            assert case.store.counts(TODAY).all == 1
            case.orders(1)
            (folder / "andere Daten").unlink()
        case.again()
        install(case.store, "C250", 250, 250, number="K-2")
        case.orders(2)
        """,
        tmp_path,
    )


@linux
def test_a_full_disk_leaves_no_half_of_a_new_database(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        for rest in (0, 4096, 40_000, 120_000):
            fill(rest)
            refused(StorageFault.FULL, folder / "neu.db", lambda: open_store(folder / "neu.db"))
            assert [entry.name for entry in folder.iterdir()] == ["andere Daten"]
            (folder / "andere Daten").unlink()
        filled(folder / "neu.db").again()
        """,
        tmp_path,
    )


@linux
def test_a_full_disk_stops_a_backup_and_harms_nothing(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        from datetime import timedelta
        case = filled(folder / "tarifwechsel.db")
        copies = folder / "Sicherungen"
        kept = back_up(case.store._engine, copies, NOW)
        for rest in (0, 4096, 40_000):
            fill(rest)
            with pytest.raises(StoreUnavailable) as caught:
                back_up(case.store._engine, copies, NOW + timedelta(minutes=1))
            assert caught.value.fault is StorageFault.FULL
            assert [entry.name for entry in copies.iterdir()] == [kept.name]
            (folder / "andere Daten").unlink()
        case.again()
        case.orders(2, back_up(case.store._engine, copies, NOW + timedelta(minutes=1)))
        case.orders(1, kept)
        """,
        tmp_path,
    )


@linux
def test_a_disk_that_can_only_be_read_is_read(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        case = filled(folder / "tarifwechsel.db")
        case.store.close()
        before = content(folder)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        case.store = open_store(case.path, create=False)
        assert case.store.counts(TODAY).pending == 1
        refused(StorageFault.READ_ONLY, case.path, case.place)
        refused(StorageFault.NO_ACCESS, folder / "neu.db", lambda: open_store(folder / "neu.db"))
        case.store.close()
        assert content(folder) == before
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        case.store = open_store(case.path, create=False)
        case.again()
        """,
        tmp_path,
    )
