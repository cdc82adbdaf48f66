//! Arguments, environment, clocks, random numbers, the end of a guest.

use super::world::{I, L, World};
use sojourn_engine::Reply;
use sojourn_host::{Errno, Setup};

#[test]
fn arguments_and_environment_are_laid_out_with_zeros_at_their_ends() {
    let mut world = World::new(Setup {
        arguments: vec![b"prog".to_vec(), b"".to_vec(), "ü".into()],
        environment: vec![(b"HOME".to_vec(), b"/".to_vec())],
        ..Setup::default()
    });
    world.call("args_sizes_get", &[I(0), I(4)]).unwrap();
    assert_eq!((world.u32(0), world.u32(4)), (3, 9));
    world.call("args_get", &[I(0), I(100)]).unwrap();
    assert_eq!([world.u32(0), world.u32(4), world.u32(8)], [100, 105, 106]);
    assert_eq!(world.get(100, 9), "prog\0\0ü\0".as_bytes());
    world.call("environ_sizes_get", &[I(0), I(4)]).unwrap();
    assert_eq!((world.u32(0), world.u32(4)), (1, 7));
    world.call("environ_get", &[I(0), I(100)]).unwrap();
    assert_eq!(world.get(world.u32(0), 7), b"HOME=/\0");
}

#[test]
fn clocks_tell_their_times_and_resolutions() {
    let mut world = World::new(Setup::default());
    let time = |world: &mut World, clock| {
        world.call("clock_time_get", &[I(clock), L(1), I(0)]).map(|()| world.u64(0))
    };
    let start = [0, 1, 2, 3].map(|clock| time(&mut world, clock).unwrap());
    assert_eq!(start, [1_700_000_000_000_000_000, 0, 0, 0]);
    world.machine.lock().pass(250);
    world.machine.lock().processor_ns += 9;
    let later = [0, 1, 2, 3].map(|clock| time(&mut world, clock).unwrap());
    assert_eq!(later, [start[0] + 250, 250, 9, 9]);
    assert_eq!(time(&mut world, 4), Err(Errno::Invalid));
    world.call("clock_res_get", &[I(0), I(0)]).unwrap();
    assert_eq!(world.u64(0), 1);
    assert_eq!(world.call("clock_res_get", &[I(9), I(0)]), Err(Errno::Invalid));
}

#[test]
fn real_time_that_was_set_back_goes_on_at_half_speed_until_the_machine_is_ahead() {
    let mut world = World::new(Setup::default());
    let time = |world: &mut World| {
        world.call("clock_time_get", &[I(0), L(1), I(0)]).unwrap();
        world.u64(0)
    };
    let seen = time(&mut world);
    world.machine.lock().realtime_ns -= 1_000;
    world.machine.lock().pass(100);
    assert_eq!(time(&mut world), seen + 50);
    world.machine.lock().pass(1_800);
    assert_eq!(time(&mut world), seen + 950);
    world.machine.lock().pass(200);
    assert_eq!(time(&mut world), seen + 1_100);
}

#[test]
fn random_numbers_are_the_machines_or_a_stream_from_a_seed() {
    let mut world = World::new(Setup::default());
    world.call("random_get", &[I(0), I(4)]).unwrap();
    assert_eq!(world.get(0, 5), [0xEE, 0xEE, 0xEE, 0xEE, 0]);
    let draw = |lengths: &[u32]| {
        let mut world = World::new(Setup { seed: Some([7; 32]), ..Setup::default() });
        let mut drawn = Vec::new();
        for length in lengths {
            world.call("random_get", &[I(0), I(*length)]).unwrap();
            drawn.extend_from_slice(world.get(0, *length));
        }
        drawn
    };
    let whole = draw(&[200]);
    assert_eq!(draw(&[1, 63, 64, 72]), whole);
    assert_ne!(whole[..100], whole[100..]);
}

#[test]
fn a_guest_exits_with_any_status() {
    let mut world = World::new(Setup::default());
    for status in [0, 1, 255, -7] {
        assert_eq!(world.reply("proc_exit", &[I(i32::cast_unsigned(status))]).0, Reply::Exit(status));
    }
}

#[test]
fn a_raised_signal_does_what_it_does_by_default() {
    let mut world = World::new(Setup::default());
    assert_eq!(world.call("proc_raise", &[I(0)]), Ok(()));
    assert_eq!(world.call("proc_raise", &[I(16)]), Ok(()));
    assert_eq!(world.call("proc_raise", &[I(31)]), Err(Errno::Invalid));
    let (reply, _) = world.reply("proc_raise", &[I(6)]);
    assert_eq!(reply, Reply::Trap("the guest raised the signal ABRT".into()));
    assert_eq!(world.call("sched_yield", &[]), Ok(()));
}

#[test]
fn nothing_is_a_socket() {
    let mut world = World::new(Setup::default());
    assert_eq!(world.call("sock_accept", &[I(0), I(0), I(8)]), Err(Errno::NotSocket));
    assert_eq!(world.call("sock_recv", &[I(1), I(0), I(0), I(0), I(8), I(16)]), Err(Errno::NotSocket));
    assert_eq!(world.call("sock_send", &[I(2), I(0), I(0), I(0), I(8)]), Err(Errno::NotSocket));
    assert_eq!(world.call("sock_shutdown", &[I(0), I(3)]), Err(Errno::NotSocket));
    assert_eq!(world.call("sock_shutdown", &[I(0), I(0)]), Err(Errno::Invalid));
    assert_eq!(world.call("sock_shutdown", &[I(77), I(1)]), Err(Errno::BadDescriptor));
}
