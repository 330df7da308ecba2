use super::*;

#[tokio::test(start_paused = true)]
async fn stopping_leaves_waits_and_comes_back_with_a_new_reader() {
    for scope in [Scope::Group, Scope::Process] {
        let (_, world) = with(|world| async move {
            match scope {
                Scope::Group => world.key('z'),
                Scope::Process => world.signals.send(SignalEvent::Stop).unwrap(),
            }
            rest().await;
            assert_eq!(world.events().last(), Some(&Event::Stop(scope)));
            assert!(world.keys[0].is_closed(), "the terminal is still being read");
            world.answer(1);
            world.signals.send(SignalEvent::Stop).unwrap();
            rest().await;
            assert_eq!(world.events().last(), Some(&Event::Stop(Scope::Process)), "drawn while stopped");
            world.signals.send(SignalEvent::Continue).unwrap();
            rest().await;
            world.keys[1].send(Msg::Key(Key::char('x'))).unwrap();
            rest().await;
            world
        })
        .await;
        let events = world.events();
        let stopped = world.place(&Event::Stop(Scope::Process));
        assert_eq!(events[world.place(&Event::Stop(scope)) - 1], Event::Leave);
        assert_eq!(events[stopped + 1], Event::Enter);
        assert!(events[stopped..].iter().any(|event| matches!(event, Event::Frame(_))));
        assert!(events[stopped..].contains(&Event::Key('x')), "the new reader is not read");
    }
}
