import time
from pathlib import Path
from tests.gallery import screens
def test_try(qtbot, window, memory, clock, tmp_path):
    t=time.time()
    for title, shown in screens(qtbot, window, memory, clock, tmp_path):
        print(f"{time.time()-t:.2f}", title, shown.objectName(), shown.size().toTuple())
        shown.grab().save(f"/tmp/shots/{title.replace('/','_')}.png")
